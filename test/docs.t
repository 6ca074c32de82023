#!/bin/sh
# The examples of the README and of the manuals: each command runs, and prints
# what is printed there. They run where void-packages is the stand-in tree, which
# has packages of the names used; what is not ours is a stub.
. "$(dirname "$0")/lib/lib.sh"

SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64
SPIFF_CONF=spiff.conf
export SPIFF_ARCH SPIFF_HOST SPIFF_CONF

mkdir stubs
for p in dot git sudo xbps-fetch xbps-rindex; do
	printf '#!/bin/sh\n' >stubs/$p
done
# this machine's compiler in place of a cross compiler, without the other one's flags
for p in aarch64-linux-gnu-gcc i686-pc-linux-gnu-gcc; do
	cat >stubs/$p <<-'END'
	#!/bin/sh
	for a; do
		shift
		case $a in -m*) ;; *) set -- "$@" "$a" ;; esac
	done
	exec cc "$@"
	END
done
cat >>stubs/git <<'END'
case $* in
*diff*) echo srcpkgs/hello/template ;;
esac
END
chmod +x stubs/*
PATH=$work/stubs:$PATH

# examples FILE: prints its commands, each behind "$ ", in one line, and before what it is
# said to print
examples() {
	case $1 in
	*/README)
		awk '/^\t\$ / { shown = 1 }
			!/^\t/ { shown = 0 }
			shown { print substr($0, 2) }' "$1"
		;;
	*)
		awk '/^\.Dl \$ / { print substr($0, 5) }
			/^\./ { shown = 0 }
			/^\$ / { shown = 1 }
			shown { print }' "$1" | sed \
			':a; /\\e$/{N; s/\\e\n *//; ba}; s/\\(dq/"/g; s/\\e/\\/g; s,/usr/local/libexec/spiff/,,'
		;;
	esac
}

# given PAGE: what the page's examples take for given
given() {
	cp -R "$test/void-packages" .
	printf 'SPIFF_REPO=hostdir/binpkgs\n' >spiff.conf
	case $1 in
	spiff-index.1)
		echo SPIFF_KEEP=1 >>spiff.conf
		sed -i 's/^version=.*/version=0.9/' void-packages/srcpkgs/hello/template
		spiff-enqueue hello && spiff-run -1
		cp "$test/void-packages/srcpkgs/hello/template" \
			void-packages/srcpkgs/hello
		spiff-enqueue hello && spiff-run -1
		;;
	spiff.7)
		mkdir void-packages/srcpkgs/lzf
		sed 's/^pkgname=.*/pkgname=lzf/; s/^version=.*/version=3.6/
			s/^revision=.*/revision=10/; /^post_/,$d; /depends=/d' \
			void-packages/srcpkgs/hello/template >template
		cat template - >void-packages/srcpkgs/lzf/template <<-'END'
		do_build() {
			echo 'lzf.c:39:18: error: missing terminating > character'
			return 1
		}
		do_install() { :; }
		END
		spiff-enqueue lzf
		spiff-run -1
		;;
	spiff-status.1 | spiff-spool.5)
		echo SPIFF_HISTORY=history >>spiff.conf
		spiff-enqueue hello && spiff-run -1
		spiff-enqueue ouch
		spiff-run -1
		[ "$1" = spiff-status.1 ] || cp spool/done/hello-* spool/wait
		[ "$1" = spiff-status.1 ] || touch spool/run/sloth-1.0_1.x86_64
		;;
	spiff-limits.5)
		echo SPIFF_LIMITS=limits >>spiff.conf
		: >limits
		;;
	spiff-build.1 | spiff-cell.1)
		spiff-enqueue hello && mv spool/new/libgreet-* spool/ready
		;;
	spiff-receive.1)
		spiff-enqueue hello && mv spool/new/hello-* spool/run
		echo 'tries 1' >>spool/run/hello-1.0_1.x86_64
		mkdir spool/incoming/.hello-1.0_1.x86_64.1.pi.99.tmp
		;;
	spiff-bump.1)
		mkdir -p my-packages/srcpkgs
		cp -R void-packages/srcpkgs/hello my-packages/srcpkgs
		echo 'SPIFF_DISTDIR=my-packages:void-packages' >>spiff.conf
		;;
	spiff-fetch.1)
		cp -R void-packages/* .
		;;
	spiff-mirror.1)
		mkdir repo
		;;
	spiff-tutorial.7)
		# nobody here can ask what Void has
		spiff-enqueue bye
		spiff-enqueue -a aarch64 cross-vpkg-dummy
		spiff-enqueue -a i686 cross-vpkg-dummy
		spiff-enqueue -A x86_64-musl -a x86_64-musl seed
		spiff-run -1
		mv hostdir/binpkgs main && rm -rf spool
		SPIFF_REPOS=$PWD/main
		export SPIFF_REPOS
		# each file that the page shows first is as it shows it
		mkdir -p mine/srcpkgs/libwave mine/srcpkgs/wave mine/common
		examples "$top/doc/spiff-tutorial.7" | awk '
			sub(/^\$ cat /, "") { file = $0; next }
			/^\$ / { exit }
			{ print >file }'
		: >limits
		;;
	spiff-merge.1)
		mkdir -p overlay/srcpkgs
		;;
	README)
		# Void's repository has the version before the one shown
		sed -i s/^version=.*/version=2.12.3/ \
			void-packages/srcpkgs/hello/template
		spiff-enqueue hello && spiff-run -1
		mv hostdir/binpkgs main && rm -rf spool
		SPIFF_REPOS=$PWD/main
		export SPIFF_REPOS
		examples "$top/README" | sed -n '/^\$ cat spiff.conf/,/^\$ export/p' |
			grep -v '^\$' >spiff.conf
		;;
	esac
}

# status PAGE COMMAND: what it is to exit with
status() {
	case $1:$2 in
	spiff-bump.1:*) echo 0 ;;
	'spiff-tutorial.7:spiff-index -u libwave-1.0_1' | \
	'spiff-tutorial.7:spiff-index -d libwave' | \
	'spiff-tutorial.7:spiff-status -y libwave')
		echo 1
		;;
	*:'spiff-status -y ouch' | *'-y lzf' | *'-y mill' | *'-k spool/fail/lzf'* | \
	*:'spiff-status -f')
		echo 1
		;;
	*) echo 0 ;;
	esac
}

# judge PAGE: whether the last command did what the page says
judge() {
	[ -n "$command" ] || return 0
	check "$1: $command" [ "$got" -eq "$(status "$1" "$command")" ]
	[ "$got" -eq "$(status "$1" "$command")" ] || sed 's/^/# /' "$work/got"
	[ -s "$work/wanted" ] || return 0
	# two programs speak in turns that are not always the same
	case $command in
	spiff-run*)
		# true of some machines
		sed -i '/: builds have no control groups/d' "$work/got"
		sort -o "$work/wanted" "$work/wanted"
		sort -o "$work/got" "$work/got"
		;;
	esac
	# times differ, and dots stand for the rest of a line
	awk 'NR == FNR { wanted[++n] = $0; next }
		{
			gsub(/ [0-9]+s/, " 3s")
			w = wanted[FNR]
			if (sub(/\.\.\.$/, "", w))
				$0 = substr($0, 1, length(w))
		}
		$0 != w { print "wanted " w; print "got    " $0 }
		END { if (FNR != n) print FNR " lines, wanted " n }
	' "$work/wanted" "$work/got" >"$work/diff"
	! [ -s "$work/diff" ]
	ok $? "$1: what it prints"
	sed 's/^/# /' "$work/diff"
}

for file in "$top/README" "$top"/doc/*.[157]; do
	page=${file##*/}
	mkdir "$work/$page" && cd "$work/$page" || exit 1
	unset SPIFF_REPOS
	given "$page" >"$work/given" 2>&1
	examples "$file" >"$work/examples"
	command=
	while IFS= read -r line; do
		case $line in
		'$ '*)
			judge "$page"
			command=${line#??}
			: >"$work/wanted"
			# what follows for ever has a test of its own
			[ "$command" != 'spiff-status -f' ] || command=true
			# an example that waits for what does not come ends, too
			timeout 300 sh -c "$command" >"$work/got" 2>&1 </dev/null
			got=$?
			;;
		*)
			printf '%s\n' "$line" >>"$work/wanted"
			;;
		esac
	done <"$work/examples"
	judge "$page"
	[ -n "$command" ]
	ok $? "$page: has examples"
done

plan
