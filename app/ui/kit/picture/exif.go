package picture

import "encoding/binary"

// orientation returns the EXIF orientation of a JPEG, 1 when it says none. It reads bounded, untrusted bytes and never
// fails.
func orientation(jpeg []byte) int {
	for b := jpeg; len(b) > 4; {
		switch {
		case b[0] != 0xff:
			return 1
		case b[1] == 0xff || b[1] == 0xd8 || b[1] == 0x01: // filling, start: no length
			b = b[map[bool]int{true: 1, false: 2}[b[1] == 0xff]:]
			continue
		case b[1] == 0xda || b[1] == 0xd9: // the picture itself
			return 1
		}
		n := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if n < 4 || n > len(b) {
			return 1
		}
		if b[1] == 0xe1 && n > 10 && string(b[4:10]) == "Exif\x00\x00" {
			return tiffOrientation(b[10:n])
		}
		b = b[n:]
	}
	return 1
}

// tiffOrientation finds tag 0x0112 in the first directory of a TIFF header.
func tiffOrientation(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(t[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(t[4:]))
	if at+2 > uint64(len(t)) {
		return 1
	}
	count := uint64(order.Uint16(t[at:]))
	for i := range count {
		e := at + 2 + 12*i
		if e+12 > uint64(len(t)) {
			return 1
		}
		if order.Uint16(t[e:]) == 0x0112 {
			if o := int(order.Uint16(t[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}
