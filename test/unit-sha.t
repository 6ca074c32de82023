#!/bin/sh
# SHA-256, however the bytes come.
. "$(dirname "$0")/lib/lib.sh"

is 'of nothing' "$(sha 1 </dev/null)" \
	e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
is 'of abc' "$(printf abc | sha 1)" \
	ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
is 'of 56 letters' "$(printf abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq |
	sha 7)" 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1
is 'of a million' "$(head -c 1000000 /dev/zero | tr '\0' a | sha 65536)" \
	cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0

head -c 300 /dev/urandom >noise
n=0
i=0
while [ $i -le 300 ]; do
	head -c $i noise >part
	[ "$(sha $((i % 70 + 1)) <part)" = "$(sha 300 libmd <part)" ] || n=$((n + 1))
	i=$((i + 1))
done
is 'of every length to 300, in pieces of many sizes, as libmd has it' $n 0
head -c 3000000 /dev/urandom >noise
n=0
for i in 1000 4096 65535 1048576 3000000; do
	[ "$(sha $i <noise)" = "$(sha256sum <noise | cut -d' ' -f1)" ] ||
		n=$((n + 1))
done
is 'of three million bytes in pieces of many sizes' $n 0
plan
