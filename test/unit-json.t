#!/bin/sh
# JSON, as Nomad writes it and as it must not pass.
. "$(dirname "$0")/lib/lib.sh"

# reads NAME TEXT WANTED: as printf has them
reads() {
	# shellcheck disable=SC2059
	is "$1" "$(printf "$2" | json)" "$(printf "$3")"
}
reads 'null' 'null' ': null'
reads 'a number' ' -12.5e+3\n' ': number -12.5e+3'
reads 'a string' '"a b"' ': string a b'
reads 'escapes' '"\\"\\\\\\/\\n\\t"' ': string "\\/\n\t'
reads 'other characters' '"\\u0041\\u00e4\\u20ac\\ud83d\\udc27"' \
	': string A\303\244\342\202\254\360\237\220\247'
reads 'an array' '[1, [true], {}]' \
	': array\n/0: number 1\n/1: array\n/1/0: true\n/2: object'
reads 'an object' '{"a": {"b": false}, "c": ""}' \
	': object\n/a: object\n/a/b: false\n/c: string '
reads 'nothing in it' '[]' ': array'
# refused NAME TEXT
refused() {
	reads "$1" "$2" none
}
refused 'nothing' ''
refused 'an array cut short' '[1, 2'
refused 'a string cut short' '"abc'
refused 'an escape cut short' '"abc\\'
refused 'more behind it' '[] []'
refused 'a comma too many' '[1,]'
refused 'an object without a value' '{"a"}'
refused 'a key that is none' '{a: 1}'
refused 'a word' 'yes'
refused 'half of a pair' '"\\ud83d"'
refused 'the wrong half' '"\\ud83d\\u0041"'
refused 'a character that is none' '"\\u00zz"'
refused 'a NUL' '"\\u0000"'
refused 'an escape at the end' '"\\u00'
refused 'an unknown escape' '"\\x41"'
refused 'a line break in a string' '"a\nb"'
refused 'a quote for one digit' '"\\u00"1"'
deep=$(printf '%40s' '' | tr ' ' '[')
refused 'too deep' "$deep"

plan
