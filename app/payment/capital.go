package payment

import "strings"

var (
	capitalDigits = []string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	capitalUnits  = []string{"", "拾", "佰", "仟"}
	capitalGroups = []string{"", "万", "亿", "万亿"}
)

// Capitals writes an amount of fen in the Chinese figures of cheques and
// receipts, which cannot be altered by a stroke: 伍仟玖佰捌拾元整.
func Capitals(fen int64) string {
	if fen == 0 {
		return "零元整"
	}
	sign := ""
	n := uint64(fen)
	if fen < 0 {
		sign, n = "负", -n
	}
	return sign + capitalYuan(n/100) + capitalFraction(n/100, n%100)
}

// capitalYuan writes whole yuan, four figures at a time.
func capitalYuan(n uint64) string {
	if n == 0 {
		return ""
	}
	var groups []uint64
	for ; n > 0; n /= 10_000 {
		groups = append(groups, n%10_000)
	}
	var b strings.Builder
	gap := false // a nought between figures is written once
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g == 0 {
			gap = gap || b.Len() > 0
			continue
		}
		if b.Len() > 0 && (gap || g < 1000) {
			b.WriteString("零")
		}
		b.WriteString(capitalGroup(g) + capitalGroups[i])
		gap = false
	}
	return b.String() + "元"
}

func capitalGroup(g uint64) string {
	var b strings.Builder
	gap := false
	for i, unit := 3, uint64(1000); i >= 0; i, unit = i-1, unit/10 {
		d := g / unit % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteString("零")
			gap = false
		}
		b.WriteString(capitalDigits[d] + capitalUnits[i])
	}
	return b.String()
}

func capitalFraction(yuan, c uint64) string {
	jiao, fen := c/10, c%10
	switch {
	case c == 0:
		return "整"
	case fen == 0:
		return capitalDigits[jiao] + "角整"
	case jiao == 0 && yuan > 0:
		return "零" + capitalDigits[fen] + "分"
	case jiao == 0:
		return capitalDigits[fen] + "分"
	}
	return capitalDigits[jiao] + "角" + capitalDigits[fen] + "分"
}
