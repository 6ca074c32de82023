#!/bin/sh
# Packages whose template is gone: dropped with -r -D, unless others need them.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"
SPIFF_ARCH=x86_64
export SPIFF_ARCH

# templates: what the tree still has
for p in app lib user tool other; do
	mkdir -p "tree/srcpkgs/$p"
	echo "pkgname=$p" >"tree/srcpkgs/$p/template"
done
ln -s lib tree/srcpkgs/lib-devel
mkdir -p overlay/srcpkgs/mine
echo 'pkgname=mine' >overlay/srcpkgs/mine/template

mkdir -p repo/nonfree
cd repo || exit
pkg app-1_1 x86_64 "$(strings run_depends 'old-named>=1_1' 'virt>=2' 'either>=0')"
pkg lib-1_1 x86_64
pkg lib-devel-1_1 x86_64
pkg lib-dbg-1_1 x86_64
pkg user-1_1 x86_64 "$(strings shlib-requires old.so.1)"
pkg tool-1_1 noarch "$(strings provides either-1_1)"
pkg mine-1_1 x86_64
pkg old-1_1 x86_64
pkg old-noarch-1_1 noarch
pkg old-named-1_1 x86_64 "$(strings run_depends 'old-below>=0')"
pkg old-below-1_1 x86_64
pkg old-virt-1_1 x86_64 "$(strings provides virt-2_1)"
pkg old-either-1_1 x86_64 "$(strings provides either-1_1)"
pkg old-shlib-1_1 x86_64 "$(strings shlib-provides old.so.1)"
pkg old-cycle-a-1_1 x86_64 "$(strings run_depends 'old-cycle-b>=0')"
pkg old-cycle-b-1_1 x86_64 "$(strings run_depends 'old-cycle-a>=0')"
pkg old-sub-1_1 x86_64
(cd nonfree && pkg paid-1_1 x86_64 "$(strings run_depends 'old-sub>=0')" &&
	spiff-index -a paid-1_1.x86_64.xbps) >/dev/null
spiff-index -a ./*.xbps >/dev/null
SPIFF_ARCH=aarch64 spiff-index -a old-noarch-1_1.noarch.xbps >/dev/null
sum=$(cksum <x86_64-repodata)

exits 0 'without -D' spiff-index -r .
is 'nothing goes' "$(cksum <x86_64-repodata)" "$sum"
exits 111 'a tree that is none' spiff-index -r -D nowhere .
exits 111 'a tree that is none' spiff-index -r -D .. .
is 'nothing goes' "$(cksum <x86_64-repodata)" "$sum"
exits 2 'with -c' spiff-index -c -D ../tree .

exits 0 'remove' spiff-index -r -D ../overlay -D ../tree .
sort out >../said
printf '%s\t%s\t%s\t%s\n' kept old-below-1_1 x86_64 old-named \
	kept old-named-1_1 x86_64 app kept old-shlib-1_1 x86_64 user \
	kept old-sub-1_1 x86_64 paid kept old-virt-1_1 x86_64 app >../want
for p in old old-cycle-a old-cycle-b old-either; do
	printf 'removed\t%s\t%s\n' $p-1_1 x86_64
	printf 'removed\t%s\n' $p-1_1.x86_64.xbps
done >>../want
printf 'removed\told-noarch-1_1\tnoarch\n' >>../want
sort ../want | diff - ../said >../diff
is 'what was removed, what was kept for whom' "$(cat ../diff)" ''
is 'the index' "$(indexed x86_64-repodata | cut -d' ' -f2 | tr '\n' ' ')" \
	'app-1_1 lib-1_1 lib-dbg-1_1 lib-devel-1_1 mine-1_1 old-below-1_1 old-named-1_1 old-shlib-1_1 old-sub-1_1 old-virt-1_1 tool-1_1 user-1_1 '
check 'a noarch file that another index has stays' test -e old-noarch-1_1.noarch.xbps
exits 0 'all that is indexed is there' spiff-index -v .
exits 0 'again' spiff-index -r -D ../overlay -D ../tree .
is 'nothing more to remove' "$(grep -v ^kept out)" ''

# a tree that cannot be looked at, as when its file server is away
pkg new-1_1 x86_64
mkdir ../tree/srcpkgs/new
echo pkgname=new >../tree/srcpkgs/new/template
spiff-index -a new-1_1.x86_64.xbps >/dev/null
cp "$top/build/test/faults.so" ..
printf '%s\n' FAULT_PROGRAM=spiff-index FAULT_KIND=look FAULT_PATH=new FAULT_ERROR=116 \
	"FAULT_HIT=$work/hit" >../faults.so.conf
export LD_PRELOAD="$work/faults.so"
export ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
exits 111 'a template that cannot be looked at' spiff-index -r -D ../overlay -D ../tree .
unset LD_PRELOAD
is 'was looked at' "$(cat ../hit)" 'look new'
has 'is said' err 'srcpkgs/new: Stale file handle'
has 'its package stays' "$(indexed x86_64-repodata >../now && echo ../now)" ' new-1_1'
check 'with its file' test -e new-1_1.x86_64.xbps
plan
