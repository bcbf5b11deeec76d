# SPDX-License-Identifier: Apache-2.0
# What changes from run to run on the pages of a walk, each by something as wide where a table depends on it. To mask one more: a line.
s/[0-9]\{8\}-[0-9]\{6\}-[a-z0-9]\{4\}/YYYYMMDD-HHMMSS-..../g
s/[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]/YYYY-MM-DD/g
s/[0-9][0-9]:[0-9][0-9] UTC/HH:MM UTC/g
s/localhost:[0-9]\{1,5\}/localhost:...../g
s/^\(.* Port  *\)[0-9]\{5\}$/\1...../
s/0x[0-9a-f]\{6,\}/0x.../g
s/  \.\.[0-9a-f]\{8\}  /  ..........  /g
s/\([0-9A-F][0-9A-F]:\)\{5,\}[0-9A-F]\{0,2\}/..:..:..:../g
s/Instance [0-9a-f]\{1,6\}…\{0,1\}/Instance ....../g
s/[0-9]\{3\} days/NNN days/g
s/\([0-9]\{4\} \)\{5\}[0-9]\{4\}/DDDD DDDD DDDD DDDD DDDD DDDD/
s/\([0-9]\{4\} \)\{4\}[0-9]\{4\}/DDDD DDDD DDDD DDDD DDDD/
s/^\(.* words  *\)[a-z ]*$/\1(as many words)/
s/just now\|[0-9]* minutes\{0,1\} /(age)    /g
s/\(Database\)  *[^ ]*-screen\//\1        ~\//
s/\(Request file  *\)[^ ]*-screen\//\1~\//
