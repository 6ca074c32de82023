#!/bin/sh
# Text from outside on one line of a terminal, and spans of time.
. "$(dirname "$0")/lib/lib.sh"

# clean NAME TEXT WANTED: as printf has them
clean() {
	# shellcheck disable=SC2059
	is "$1" "$(text clean "$(printf "$2")")" "$(printf "$3")"
}
clean 'plain' 'hello, world' 'hello, world|12'
clean 'nothing' '' '|0'
clean 'UTF-8' '\303\244 \342\202\254 \360\237\220\247' '\303\244 \342\202\254 \360\237\220\247|6'
clean 'colours' '\033[1;31mred\033[0m \033[38:2:1:2:3mrgb' 'red rgb|7'
clean 'other sequences' '\033]0;title\007a\033]8;;http://x\033\\b\033(Bc\033Pq\033\\d' 'abcd|4'
clean 'a sequence cut short' 'a\033[1;3' 'a|1'
clean 'an escape alone' 'a\033' 'a|1'
clean 'a title cut short' 'a\033]0;title' 'a|1'
clean 'control characters' 'a\001b\010c\177d' 'a?b?c?d|7'
clean 'tabs' 'a\tb' 'a b|3'
clean 'C1 controls' 'a\302\233b\302\205c' 'a?b?c|5'
clean 'turned writing' 'a\342\200\256b\342\201\246c\342\200\217' 'a?b?c?|6'
clean 'no UTF-8' 'a\377b\303' 'a?b?|4'
clean 'too long a form' '\300\257\340\200\257' '?????|5'
clean 'surrogates' '\355\240\200' '???|3'
clean 'too large' '\364\220\200\200' '????|4'
clean 'written over' '10%%\r20%%\rdone' 'done|4'
clean 'a carriage return at the end' '10%%\r20%%\r\r' '20%%|3'

is 'it fits' "$(text cut 5 hello)" 'hello|5'
is 'it does not' "$(text cut 4 hello)" 'hel…|4'
is 'one column' "$(text cut 1 hello)" '…|1'
is 'none' "$(text cut 0 hello)" '|0'
is 'characters, not bytes' "$(text cut 3 'äöüß')" 'äö…|3'
is 'wide ones' "$(text cut 7 '你好🚀ab')" '你好🚀…|7'
is 'and not half of one' "$(text cut 6 '你好🚀ab')" '你好…|5'
is 'for a terminal that knows none of them' "$(text ascii 'äb你c…')" '?b??c>|6'
is 'what is left out does not count' \
	"$(text cut 5 "$(printf '\033[1mhello\033[0m')")" 'hello|5'

n=0
while read -r secs want; do
	[ "$(text span "$secs")" = "$want|${#want}" ] || {
		echo "# $secs: $(text span "$secs"), not $want"
		n=$((n + 1))
	}
done <<'END'
-5 0s
0 0s
59 59s
60 1m00s
125 2m05s
3599 59m59s
3600 1h00m
86399 23h59m
86400 1d00h
8639999 99d23h
8640000 100d
END
is 'spans' $n 0
n=0
while read -r bytes want; do
	[ "$(text size "$bytes")" = "$want|${#want}" ] || {
		echo "# $bytes: $(text size "$bytes"), not $want"
		n=$((n + 1))
	}
done <<'END'
-5 0 B
0 0 B
1023 1023 B
1024 1 KiB
536870912 512 MiB
1610612736 1.5 GiB
17179869184 16 GiB
9223372036854775807 8.0 EiB
END
is 'sizes' $n 0
# distance NAME NAME WANTED
distance() {
	is "$1 and $2" "$(text distance "$1" "$2" | cut -d '|' -f 1)" "$3"
}
distance libX11 libX11 0
distance libx11 libX11 1
distance firefx firefox 2
distance frirefox firefox 2
distance chromum chromium 2
distance SLOTS SLOT 2
distance gtk qt 1000
distance a b 1000
distance '' x 1000
distance hello goodbye 1000

plan
