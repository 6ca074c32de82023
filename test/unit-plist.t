#!/bin/sh
# Property lists: what is read is written back the same; what is none is refused.
. "$(dirname "$0")/lib/lib.sh"

# wrap: makes a property list of a value on standard input
wrap() {
	printf '<?xml version="1.0" encoding="UTF-8"?>\n'
	printf '<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" '
	printf '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
	printf '<plist version="1.0">\n'
	cat
	printf '</plist>\n'
}

# refused NAME WHY VALUE: a list with this value is refused for this reason
refused() {
	printf '%b' "$3" | wrap >in
	exits 1 "refused: $1" plist <in
	is "the reason: $1" "$(cat err)" "plist: $2"
}

plist <"$test/data/index.plist" >got
check 'an index is written back the same' cmp got "$test/data/index.plist"

# every type, empty ones, entities, order of keys, nesting
wrap >want <<'END'
<dict>
	<key>a &amp; b</key>
	<array/>
	<key>b</key>
	<array>
		<string/>
		<string>&lt;x&gt; &amp; "y" 'z'	é</string>
		<dict/>
		<dict>
			<key>n</key>
			<integer>-12</integer>
		</dict>
		<true/>
		<false/>
		<integer>0</integer>
	</array>
	<key>c</key>
	<data>QUJDRA==</data>
	<key>d</key>
	<data/>
</dict>
END
plist <want >got
check 'all types are written back the same' cmp got want

# the same, written as XBPS would not
cat >in <<'END'
<!-- a comment --><plist version="1.0"><dict><key>c</key><data size="4">
 QUJD
	RA==
</data> <!-- <another> --> <key>b</key><array> <string></string>
<string>&lt;x&gt; &amp; &quot;y&quot; &apos;z&apos;	é</string><dict></dict>
<dict><key>n</key><integer>-12</integer></dict><true/><false/>
<integer>0</integer></array><key>a &amp; b</key><array></array>
<key>d</key><string>not this one</string><key>d</key><data></data></dict></plist>
END
plist <in >got
check 'other spelling, same list' cmp got want

is 'strings, numbers, arrays are found' "$(plist '?c' '?zz' '?b' '?a & b' <want)" \
'c 1
zz 0
b 1
a & b 1 strings 0'
printf '<dict><key>n</key><integer>9223372036854775807</integer>
<key>s</key><string>x</string><key>m</key><integer>-1</integer>
<key>v</key><array><string>1</string><string>2</string></array></dict>' |
	wrap >in
is 'values are what they are' "$(plist '?n' '?s' '?m' '?v' <in)" \
'n 1 number 9223372036854775807
s 1 string x
m 1
v 1 strings 2'

# changes keep the order
printf '<dict><key>b</key><integer>1</integer><key>d</key><true/></dict>' |
	wrap >in
printf '<dict>
	<key>a</key>
	<string>1 &lt; 2</string>
	<key>b</key>
	<string>x</string>
	<key>c</key>
	<integer>18446744073709551615</integer>
	<key>e</key>
	<string/>
</dict>
' | wrap >want
plist e= 'a=1 < 2' -d -nothing c=+18446744073709551615 b=x <in >got
check 'keys set, changed, dropped' cmp got want
set --
for i in 7 3 9 1 8 2 6 4 5 0; do
	set -- "$@" k$i=$i
done
is 'many keys' "$(printf '<dict/>' | wrap | plist "$@" -k3 -k7 k3=3 k7=7 |
	sed -n 's/.*<string>\(.*\)<.*/\1/p' | tr -d '\n')" 0123456789

refused 'unknown tag' '4: has an unknown tag' '<dict><key>a</key><real>1</real></dict>'
refused 'unknown entity' '4: has an unknown entity' '<string>&nbsp;</string>'
refused 'numeric entity' '4: has an unknown entity' '<string>&#65;</string>'
refused 'entity cut short' '4: has an unknown entity' '<string>&am</string>'
refused 'no key' '5: expected <key>' '<dict>\n<string>a</string></dict>'
refused 'no value' '4: has the wrong end tag' '<dict><key>a</key></dict>'
refused 'end of another' '4: has the wrong end tag' '<dict></array>'
refused 'end of none' '4: has the wrong end tag' '</dict>'
refused 'text in a container' '4: expected a tag' '<array>x</array>'
refused 'string cut short' '5: a string ends with the wrong tag' '<string>x\n'
refused 'wrong end of a string' '4: a string ends with the wrong tag' '<string>x</key>'
refused 'tag in a string' '4: a string ends with the wrong tag' '<string>a<b>c</b></string>'
refused 'number in hexadecimal' '4: has a bad number' '<integer>0x10</integer>'
refused 'number with a leading zero' '4: has a bad number' '<integer>010</integer>'
refused 'empty number' '4: has a bad number' '<integer/>'
refused 'huge number' '4: has a bad number' '<integer>99999999999999999999</integer>'
refused 'bad base64' '4: has bad data' '<data>QUI$</data>'
refused 'short base64' '4: has bad data' '<data>QUI</data>'
refused 'padding inside' '4: has bad data' '<data>Q===</data>'
refused 'true with contents' '4: expected an empty tag' '<true>x</true>'
refused 'attribute' '4: has an attribute' '<string x="y">z</string>'
refused 'NUL' '4: has a NUL in it' '<string>a\000b</string>'
refused 'NUL between' '4: has a NUL in it' '<array>\000</array>'
refused 'two values' '4: expected </plist>' '<string>a</string><string>b</string>'
refused 'no value at all' '4: has the wrong end tag' ''
refused 'comment without end' '5: ends too early' '<!-- <array/>'
refused 'tag without end' '4: expected >' '<array'
refused 'long key' '4: has too long a key' \
	"<dict><key>$(printf '%0129d' 0)</key><true/></dict>"
long=$(printf '%0128d' 0)
printf '<dict><key>%s</key><true/></dict>' "$long" | wrap >in
exits 0 'the longest key' plist <in

exits 1 'nothing' plist </dev/null
is 'the reason: nothing' "$(cat err)" 'plist: 1: ends too early'
printf 'PNG\n' >in
exits 1 'foreign' plist <in
is 'the reason: foreign' "$(cat err)" 'plist: 1: expected a tag'
printf '<!DOCTYPE plist [ <!ENTITY a "b"> ]><plist><string>&a;</string></plist>' >in
exits 1 'declared entities' plist <in
is 'the reason: declared entities' "$(cat err)" 'plist: 1: declares entities'
printf '<plist version="1.0"><array/></plist>\n\n x' >in
exits 1 'more behind the end' plist <in
is 'the reason: more behind the end' "$(cat err)" 'plist: 3: goes on behind its end'

# an index cut anywhere is refused
n=0
size=$(wc -c <"$test/data/index.plist")
for i in 0 1 7 60 200 300 400 1000 1234 2345 5000 $((size - 9)) $((size - 2)); do
	head -c $i "$test/data/index.plist" | plist >/dev/null 2>&1 || n=$((n + 1))
done
is 'an index cut short is refused' $n 13

# hostile nesting costs no stack and no time
awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "<array>" }' | wrap >in
exits 1 'a million arrays deep' plist <in
is 'the reason: a million arrays deep' "$(cat err)" 'plist: 4: is nested too deeply'
awk 'BEGIN { printf "<array>"; for (i = 0; i < 1000000; i++) printf "<array/>"
	print "</array>" }' | wrap >in
exits 0 'a million arrays wide' plist '?x' <in
awk 'BEGIN { printf "<dict>"; for (i = 200000; i > 0; i--)
	printf "<key>%d</key><true/>", i % 1000; print "</dict>" }' | wrap >in
is 'many keys in disorder, and twice' "$(plist <in | grep -c '<key>')" 1000

plan
