#!/bin/sh
# The rules that keep the library in layers, the files short, and the manuals
# true: what a reviewer would otherwise have to look for.
. "$(dirname "$0")/lib.sh"

# layer MODULE: prints its number, which lib/README has
layer() {
	awk -v m="$1" '/^[0-9]\t/ {
		for (i = 3; i <= NF; i++)
			if ($i == m)
				print $1
	}' lib/README
}

# none NAME COMMAND...: the command, which lists what is wrong, prints nothing
none() {
	none_name=$1
	shift
	"$@" >"$work/wrong" 2>&1
	! [ -s "$work/wrong" ]
	ok $? "$none_name"
	sed 's/^/# /' "$work/wrong"
}

# code FILE: its lines without comments
code() {
	awk '{
		line = $0
		out = ""
		while (line != "") {
			if (incomment) {
				if (!(i = index(line, "*/")))
					break
				line = substr(line, i + 2)
				incomment = 0
			} else if (i = index(line, "/*")) {
				out = out substr(line, 1, i - 1)
				line = substr(line, i + 2)
				incomment = 1
			} else {
				out = out line
				break
			}
		}
		print out
	}' "$1"
}

# beside PATTERN FILE...: code of other files that has the pattern
beside() {
	beside_pattern=$1
	shift
	for f in lib/*.c lib/*.h bin/*.c; do
		case " $* " in
		*" $f "*) continue ;;
		esac
		code "$f" | grep -nE "$beside_pattern" | sed "s|^|$f:|"
	done
}

# calls 'NAME|NAME' FILE...: calls of these functions in other files
calls() {
	calls_names=$1
	shift
	beside "(^|[^a-z_])($calls_names) ?\\(" "$@"
}

cd "$top" || exit 1

layered() {
	for f in lib/*.c lib/*.h; do
		m=$(basename "${f%.*}")
		case $(layer "$m") in
		[0-9]) ;;
		*) echo "$f: not in lib/README, or twice" ;;
		esac
	done
	sed -n 's/^[0-9]\t[^\t]*\t*//p' lib/README | tr ' ' '\n' |
		while read -r m; do
			[ -e "lib/$m.c" ] || echo "lib/README: no lib/$m.c"
		done
}
none 'every module has a layer' layered
# shellcheck disable=SC2016
none 'and a header begins with what it is' \
	sh -c 'for f in lib/*.h; do sed "1!d; /^\/\*.* /d; s|^|$f: |" "$f"; done'

upward() {
	for f in lib/*.c; do
		from=$(layer "$(basename "$f" .c)")
		sed -n 's/^#include "\(.*\)\.h"$/\1/p' "$f" | while read -r m; do
			# tmpl.bash.h and its kin are made of files of their own
			[ "$m" = "${m%.*}" ] || continue
			to=$(layer "$m")
			[ "${from:-0}" -ge "${to:-9}" ] || echo "$f: $m.h"
		done
	done
}
none 'includes go down' upward

# a module without a header of its own is part of one that its name begins with
ownheader() {
	for f in lib/*.c; do
		m=$(basename "$f" .c)
		while [ "$m" ] && [ ! -e "lib/$m.h" ]; do
			m=${m%?}
		done
		grep -qFx "#include \"$m.h\"" "$f" || echo "$f"
	done
}
none 'every module includes its own header' ownheader
none 'headers include system headers alone and have no guards' \
	grep -n '^#include "\|^#ifndef' lib/*.h

unsorted() {
	for f in lib/*.c bin/*.c; do
		sed -n 's/^#include "\(.*\)"$/\1/p' "$f" |
			sort -c 2>&1 | sed "s|^|$f: |"
	done
}
none "a file's includes of ours are sorted" unsorted

none 'processes are started by proc alone' \
	calls 'v?fork|_Fork|posix_spawnp?|clone|popen|system|exec[lv][a-z]*' \
	lib/proc.c
none 'signals are caught by loop alone' \
	calls 'sigaction|signal|signalfd|sigprocmask' lib/loop.c lib/proc.c
none 'rename and link are called by io and spool alone' \
	calls 'rename|renameat|renameat2|link|linkat' lib/io*.c lib/spool.c
none 'libarchive is used by tar and zip alone' \
	beside '<archive(_entry)?\.h>' lib/tar.c lib/zip.c
none 'zlib is used by log alone' beside '<zlib\.h>' lib/log.c
none 'options and standard output are for programs' \
	beside '(^|[^a-z_])((getopt|v?printf|puts|putchar) ?\(|stdout)' bin/*.c
none 'the library does not exit, out of memory excepted' \
	calls 'exit|_exit|errx?|verrx?|abort' bin/*.c lib/proc.c lib/x.c lib/buf.c

long() {
	wc -l lib/* bin/*.c bin/spiff-build test/*.c test/*.t |
		awk '$2 != "total" && $1 > 400'
}
none 'no file is longer than 400 lines' long

wide() {
	for f in lib/*.[ch] bin/*.c; do
		expand "$f" | awk -v f="$f" 'length($0) > 90 {
			print f ":" FNR ": " length($0)
		}'
	done
}
none 'no line is wider than 90 columns' wide

# a function has its name in the first column and its last brace there
longfunctions() {
	awk 'FNR == 1 { start = 0 }
		/^[a-z_0-9]+\(/ { start = FNR; name = $0; sub(/\(.*/, "", name) }
		/^}/ && start {
			if (FNR - start > 80)
				print FILENAME ": " name ": " FNR - start
			start = 0
		}' lib/*.c bin/*.c
}
none 'no function is longer than 80 lines' longfunctions
none 'nothing is left for later' grep -nE 'TODO|FIXME|XXX' lib/* bin/*.c

manuals() {
	for p in bin/*.c $(sed -n 's/^SCRIPTS = //p' Makefile); do
		p=$(basename "${p%.c}")
		for s in NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES \
			'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -qx "\.Sh $s" "doc/$p.1" || echo "doc/$p.1: no $s"
		done
		grep -qx "\.It Xr $p 1" doc/spiff.7 || echo "spiff.7: no $p"
	done
}
none 'each program has its manual, with every section' manuals

# the letters that a program's getopt takes, and those its manual explains
options() {
	for f in bin/*.c; do
		p=$(basename "$f" .c)
		sed -n 's/.*getopt(argc, argv, "\([^"]*\)").*/\1/p' "$f" |
			tr -d ':+' | fold -w 1 | sort -u >"$work/has"
		sed -n 's/^\.It\( Fl .*\)/\1/p' "doc/$p.1" | awk '{
			for (i = 1; i < NF; i++)
				if ($i == "Fl")
					print $(i + 1)
		}' | sort -u >"$work/says"
		diff "$work/has" "$work/says" | sed -n "s/^[<>]/$p: &/p"
		[ -s "$work/has" ] || echo "$p: no getopt"
	done
}
none 'the options are those of the manuals' options

# name, flag and default of each setting
settings() {
	sed -n 's/.*{ "\(SPIFF_[A-Z]*\)", \(.*\), [A-Z]*, "\(.*\)", .*/\1 \2 \3/p' \
		lib/conf.c | sed "s/ '\(.\)'/ -\1/; s/ 0/ none/; s/ $//"
}
# a default that is worked out is told in words of its own
described() {
	awk 'NR == FNR { set[$1] = $3; next }
		/^\.It Ev SPIFF_/ { name = $3; flag = $5 ? "-" $5 : "none" }
		name && sub(/^Default: */, "") {
			if ($0 == "")
				getline
			sub(/^\.(Pa|Cm) /, "")
			sub(/ *\.$/, "")
			print name, flag (set[name] == "" ? "" : " " $0)
			name = ""
		}' "$work/has" doc/spiff.7
}
settings >"$work/has"
described >"$work/says"
none 'the settings are those of spiff(7)' diff "$work/has" "$work/says"
[ -s "$work/has" ]
ok $? 'there are settings'

plan
