package exchange

import "strconv"

// ScpLine is the line by which a person sends a file to a folder of his, or
// fetches one.
func ScpLine(login, host string, port int, file, folder string, send bool) string {
	line := "scp "
	if port != 22 && port != 0 {
		line += "-P " + strconv.Itoa(port) + " "
	}
	if send {
		return line + file + " " + login + "@" + host + ":" + folder
	}
	return line + login + "@" + host + ":" + folder + file + " ."
}
