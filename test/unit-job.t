#!/bin/sh
# The text of jobs, by tables.
. "$(dirname "$0")/lib/lib.sh"

# says NAME JOBNAME TEXT WANTED: TEXT with printf's escapes
says() {
	is "$1" "$(printf '%b' "$3" | job "$2")" "$4"
}

all='base [hello.x86_64]
pkgver [hello-1.0_1]
pkgname [hello]
arch [x86_64]
host [x86_64]'
says 'the least that a job has' hello-1.0_1.x86_64 'pkgver hello-1.0_1\n' "$all
asked 0 priority 0 tries 0 force 0
memory 0 cpu 0 jobs 0"
says 'the last line may lack its end' hello-1.0_1.x86_64 'pkgver hello-1.0_1' \
	"$all
asked 0 priority 0 tries 0 force 0
memory 0 cpu 0 jobs 0"
says 'all of it, in any order, unknown names among it' \
	libx-2_3.aarch64-musl \
	'needs a-1_1.x86_64
x-note what I think of it
asked 1700000000
makes libx
host x86_64

force 1
priority -3
makes libx-devel
needs b-1_1.aarch64-musl
reason spaces  and all
tries 2
memory 68719476736
cpu 77
jobs 8
inputs 0123abcd
arch aarch64-musl
pkgver libx-2_3
' 'base [libx.aarch64-musl]
pkgver [libx-2_3]
pkgname [libx]
arch [aarch64-musl]
host [x86_64]
needs [a-1_1.x86_64]
needs [b-1_1.aarch64-musl]
makes [libx]
makes [libx-devel]
asked 1700000000 priority -3 tries 2 force 1
memory 68719476736 cpu 77 jobs 8
inputs [0123abcd]
reason [spaces  and all]'
says 'of two values the later one counts' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\ntries 1\nreason a\ntries 2\nreason b\n' "$all
asked 0 priority 0 tries 2 force 0
memory 0 cpu 0 jobs 0
reason [b]"

bad() {
	says "refused: $1" "$2" "$3" "$4"
}
name='not a job name: expected PKGVER.ARCH'
bad 'no pkgver' hello-1.0_1.x86_64 'arch x86_64\n' 'no pkgver'
bad 'empty' hello-1.0_1.x86_64 '' 'no pkgver'
bad 'a name without architecture' hello-1.0_1 'pkgver hello-1.0_1\n' "$name"
bad 'a name without version' hello.x86_64 'pkgver hello\n' "$name"
bad 'a name with a newline' 'hello-1.0_1
.x86_64' 'pkgver hello-1.0_1\n' "$name"
bad 'a name with a leading dash' -hello-1.0_1.x86_64 'pkgver x\n' "$name"
bad 'a file name of a package' hello-1.0_1.x86_64.xbps 'pkgver x\n' "$name"
bad 'another pkgver than the name says' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_2\n' "pkgver is not the name's: hello-1.0_2"
bad 'another architecture than the name says' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\narch i686\n' "arch is not the name's: i686"
bad 'a host that is no architecture' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\nhost ../x\n' 'host is not an architecture: ../x'
bad 'a line without a value' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\nasked\n' 'line 2: expected NAME VALUE'
bad 'a number that is none' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\nasked soon\n' 'line 2: no value for asked'
bad 'a number that is too large' hello-1.0_1.x86_64 \
	'tries 99999999999999999999\npkgver hello-1.0_1\n' \
	'line 1: no value for tries'
bad 'a need that is no job' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\nneeds ../../etc/passwd\n' \
	'line 2: no value for needs'
bad 'a commit that is none' hello-1.0_1.x86_64 \
	'pkgver hello-1.0_1\ncommit HEAD /tree\n' 'line 2: no value for commit'
bad 'a NUL byte' hello-1.0_1.x86_64 'pkgver hello-1.0_1\n\000' 'a NUL byte'

plan
