package customer

import "testing"

func TestAlike(t *testing.T) {
	for _, x := range []struct {
		a, b Customer
		want string
	}{
		{Customer{Phone: "13812345678"}, Customer{Phone: "13812345679"}, Phone},
		{Customer{Phone: "13812345678"}, Customer{Phone: "13812345687"}, Phone},
		{Customer{Phone: "13812345678"}, Customer{Phone: "13812354687"}, ""},
		{Customer{QQ: "7654321"}, Customer{QQ: "765432"}, QQ},
		{Customer{QQ: "7654321"}, Customer{QQ: "7654"}, ""},
		{Customer{QQ: "7654321"}, Customer{Email: "7654321@qq.com"}, Email},
		{Customer{Email: "7654321@qq.com"}, Customer{QQ: "7654321"}, QQ},
		{Customer{Phone: "13812345678"}, Customer{WeChat: "13812345678"}, WeChat},
		{Customer{Email: "kate@qq.com"}, Customer{Email: "kate@163.com"}, Email},
		{Customer{QQ: "7654321"}, Customer{Phone: "13812345678"}, ""},
		{Customer{}, Customer{}, ""},
	} {
		if got := alike(x.a, x.b); got != x.want {
			t.Errorf("%+v and %+v: %q, want %q", x.a, x.b, got, x.want)
		}
	}
}

// TestDuplicatesAreThoseOneMayMerge: the manager finds those of her department,
// an administrator all; pages go on.
func TestDuplicatesAreThoseOneMayMerge(t *testing.T) {
	w := school(t)
	first := w.add(w.as("a"), "王小明", "13812345678")
	w.add(w.as("a"), "王小明", "13912340000")
	w.add(w.as("a"), "王晓明", "13812345677")
	second := w.add(w.as("b"), "王小明", "13812345679")
	third := w.add(w.as("c"), "王小明", "13812345670")
	list, next, err := w.Duplicates(w.ctx, w.as("manager"), 0, 50)
	w.must(err)
	if len(list) != 1 || next != 0 || list[0].Keep.ID != first.ID || list[0].Lose.ID != second.ID || list[0].Kind != Phone {
		t.Errorf("%+v, next %d", list, next)
	}
	list, next, err = w.Duplicates(w.ctx, w.as("admin"), 0, 1)
	w.must(err)
	if len(list) != 2 || next != third.ID {
		t.Errorf("%+v, next %d", list, next)
	}
	list, next, err = w.Duplicates(w.ctx, w.as("admin"), next, 1)
	w.must(err)
	if len(list) != 1 || next != second.ID {
		t.Errorf("%+v, next %d", list, next)
	}
	_, _, err = w.Duplicates(w.ctx, w.as("a"), 0, 1)
	w.refused(err, "fault.forbidden")
}
