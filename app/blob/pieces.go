package blob

import "slices"

// pieces are the ranges that were written, sorted, neither touching nor overlapping.
type pieces []piece

type piece struct{ from, to int64 }

// maxPieces bounds what a scattered upload may cost in memory. An sftp client has some 64 requests under way.
const maxPieces = 1024

// add notes that [from, to) was written.
func (p *pieces) add(from, to int64) error {
	if from == to {
		return nil
	}
	list := *p
	i, _ := slices.BinarySearchFunc(list, from, func(x piece, at int64) int { return int(min(max(x.to-at, -1), 1)) })
	j := i // list[i:j] touch the new one
	for j < len(list) && list[j].from <= to {
		from, to = min(from, list[j].from), max(to, list[j].to)
		j++
	}
	list = slices.Replace(list, i, j, piece{from, to})
	*p = list
	if len(list) > maxPieces {
		return ErrPieces
	}
	return nil
}

// whole is how far the bytes reach from the beginning without a gap.
func (p pieces) whole() int64 {
	if len(p) == 0 || p[0].from != 0 {
		return 0
	}
	return p[0].to
}
