#!/bin/sh
# What a template cannot do to others, each sentence of the manual; as root and as an
# ordinary user. ROUNDS=N for more of what is a matter of chance.
. "$(dirname "$0")/lib/lib.sh"
# shellcheck source=test/lib/tmpl.sh
. "$test/lib/tmpl.sh"
ROUNDS=${ROUNDS-4}

# who: the users to be tried, and as NAME [exec] COMMAND...: runs it as one of them,
# which with exec takes the place of the shell
who=user
[ "$(id -u)" -ne 0 ] || who='root user'
as() {
	as_who=$1
	shift
	if [ "$as_who" = user ] && [ "$(id -u)" -eq 0 ]; then
		[ "$1" != exec ] || {
			shift
			exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
		}
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}
command -v setpriv >/dev/null || who=${who% user}

# both NAME WANTED ARG...: what all of them see of the run-time dependencies
both() {
	both_name=$1 both_want=$2
	shift 2
	for w in $who; do
		is "$w: $both_name" "$(as "$w" tmpl -D tree "$@" 2>err |
			awk -F '\t' '$2 == "run" { print $3 }' | tr '\n' ,)" "$both_want"
	done
}

# secrets of the environment
template environment <<'END'
[[ $(set; env; declare -p) != *canar[y]* ]] || depends=seen
[ "$XBPS_PKG_OPTIONS" = one ] && depends+=" options"
END
(
	for v in AWS_SECRET_ACCESS_KEY HTTP_PROXY NOMAD_TOKEN SPIFF_PRIVKEY SPIFF_SECRET \
		SSH_AUTH_SOCK SSH_PASS XBPS_PASSPHRASE XBPS_MIRROR XBPS_SECRET \
		XBPS_PKG_OPTIONSX A_TOKEN; do
		export "$v=canary"
	done
	XBPS_PKG_OPTIONS=one
	export XBPS_PKG_OPTIONS SPIFF_CACHE="$work/cache"
	mkdir -m 777 cache
	both 'the settings are all that a template sees of the environment' options, \
		environment
	echo "$count" >points
	# what was written a moment ago is not remembered yet
	remembered() {
		tmpl -D tree environment >out 2>err
		[ -n "$(ls cache)" ]
	}
	await remembered
)
cached=$?
count=$(cat points)
rm points
ok $cached 'there is a cache'
is 'and no secret in it' "$(grep -r canary cache)" ''

# answers of others: what a template leaves behind takes what others say, and says
# something else
cat >forge <<'END'
for fd in 0 1 2 7 8 9 10; do
	for p in self $PPID; do
		(
			exec 2>/dev/null 3</proc/$p/fd/$fd || exit
			while read -r -u 3 nonce len rest; do
				rest=${rest/v 1.0/v 6.6}
				printf '%s %d %s\n' "$nonce" ${#rest} "$rest" >&9
			done
		) &
	done
done
END
forgers=$((ROUNDS * 10)) names=
[ $forgers -lt 200 ] || forgers=200
for i in $(seq $forgers); do
	template "forger$i" <<-END
		setsid bash '$work/tree/common/forge' 9>&9 &
		bash '$work/tree/common/forge' 9>&9 &
	END
	template "victim$i" <<-'END'
		kill -0 -1 2>/dev/null && depends=haunted
		:
	END
	names="$names forger$i victim$i"
done
cp forge tree/common
for w in $who; do
	# names are words
	# shellcheck disable=SC2086
	as "$w" tmpl -D tree $names >out 2>err
	is "$w: no answer of another is forged" \
		"$(awk -F '\t' '$2 == "version" { print $3 }' out | sort | uniq -c |
			awk '{ print $1, $2 }')" "$((forgers * 2)) 1.0_1"
	is "$w: what a template leaves is gone before the next" \
		"$(grep -c haunted out)" 0
	is "$w: without complaint" "$(cat err)" ''
done

# devices
template devices <<'END'
for f in null zero full random urandom; do
	read -r -N 1 x 2>/dev/null </dev/$f || [ $f = null ] || depends+=" no-$f"
done
for f in /dev/*; do
	case $f in
	/dev/null | /dev/zero | /dev/full | /dev/random | /dev/urandom) continue ;;
	esac
	[ -d $f ] || { : <$f; } 2>/dev/null && [ ! -d $f ] && depends+=" $f"
	[ -d $f ] || { : >$f; } 2>/dev/null && [ ! -d $f ] && depends+=" $f"
done
for f in /dev/pts/* /dev/shm/* /dev/tty; do
	{ : <$f; } 2>/dev/null && depends+=" $f"
done
:
END
if landlock; then
	both 'no devices but null, zero, full, random, urandom' '' devices
	secret=$(mktemp /tmp/spiff-secret.XXXXXX)
	chmod 644 "$secret"
	template homes <<-END
		{ read x <"$secret"; } 2>/dev/null; [ \$? -eq 1 ] || depends+=" read"
		for f in /home/*/.[a-z]* /root/.[a-z]* /var/log/* /run/*; do
			[ -f "\$f" ] && [ ! -L "\$f" ] && { : <"\$f"; } 2>/dev/null && depends+=" \$f"
		done
		read x </etc/passwd || depends+=" no-passwd"
	END
	echo >"$secret"
	both 'no homes, nothing in /tmp, /var, /run but the trees' '' homes
	rm -f "$secret"
else
	skip 'devices' 'no Landlock'
	skip 'homes' 'no Landlock'
fi

# what is in other places of users' files, and in the top directory of a home that lies
# elsewhere; what is in /opt can be read, or else this would show nothing
template places <<'END'
for d in srv mnt media boot opt; do
	{ read -r x </$d/secret; } 2>/dev/null && depends+=" $d$x"
done
:
END
# places USER: what a template sees where each of them holds a readable file
places() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'for d in srv mnt media boot opt; do
		mount -t tmpfs -o mode=755 none /$d && echo =seen >/$d/secret || exit
	done; mkdir /boot/user; exec "$@"' sh env HOME=/boot/user sh -c "$(
		[ "$1" = root ] || echo 'exec setpriv --reuid=65534 --regid=65534 \
			--clear-groups "$@"'
		echo 'exec "$@"'
	)" sh tmpl -D tree places 2>err | awk -F '\t' '$2 == "run" { print $3 }'
}
if landlock && [ "$who" != user ] && [ -d /srv ] && [ -d /mnt ] && [ -d /media ] &&
	[ -d /boot ] && [ -d /opt ] && unshare -m true 2>/dev/null; then
	for w in $who; do
		is "$w: nothing in /srv, /mnt, /media and the top of HOME" \
			"$(places "$w")" 'opt=seen'
	done
else
	skip 'nothing in /srv, /mnt, /media and the top of HOME' 'needs root and Landlock'
fi

# names and status are no secret, nor which processes there are
template sees <<END
[ -s "$work/tree/srcpkgs/sees/template" ] && depends+=" size"
for f in /root /home /tmp; do
	[ ! -d \$f ] || depends+=" \${f#/}"
done
for f in /proc/[0-9]*; do
	depends+=" \$([ -d \$f ] && echo processes)"
	break
done
END
both 'it sees names, and that there are processes' size,root,home,tmp,processes, sees

# files, their modes and times, even of its own user
mkdir -m 755 own
for f in changed renamed removed; do
	echo text >own/$f
	chmod 644 own/$f
	touch -d '2001-01-01' own/$f
done
[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 own
template modes <<END
command chmod 600 '$work/own/changed'
command touch -d 2002-02-02 '$work/own/changed'
: >>'$work/own/changed'
command mv '$work/own/renamed' '$work/own/other'
command rm -f '$work/own/removed'
command ln -s /etc '$work/own/link'
END
status() {
	find own -printf '%p %m %T@ %s\n' | sort
}
before=$(status)
if unshare -r -m true 2>/dev/null; then
	both 'a template that changes files' '' modes
	is 'none is changed, nor its mode, time or name' "$(status)" "$before"
else
	skip 'a template that changes files' 'no mount namespaces'
	skip 'none is changed, nor its mode, time or name' 'no mount namespaces'
fi

# its own processes, and how much of everything it can have
template owns <<'END'
sleep 1000 &
kill -KILL $! 2>/dev/null && depends=one
kill -KILL -1 2>/dev/null || kill -KILL $!
wait $!
depends+=" ended$?"
END
if unshare -r -p -f true 2>/dev/null; then
	both 'it can end all that it has started, but no single process' ended137, owns
else
	skip 'it can end all that it has started' 'no process namespaces'
fi
template limits <<'END'
depends="$(ulimit -Hn) $(ulimit -Hv) $(ulimit -Hu)"
END
for w in $who; do
	as "$w" tmpl -D tree limits >out 2>err
	is "$w: its bounds: files, kilobytes of each process" "$(awk -F '\t' \
		'$2 == "run" { print $3 }' out | head -n 2 | tr '\n' ,)" 256,1048576,
done
template whose <<'END'
depends="user$(id -u)"
[ ! -w /etc/passwd ] || depends+=" writes"
END
case $who in
root*)
	is 'root: its bound of processes' "$(tmpl -D tree limits |
		awk -F '\t' '$2 == "run" { print $3 }' | tail -n 1)" 64
	tmpl -D tree whose | awk -F '\t' '$2 == "run" { print $3 }' >out
	grep -q '^user[1-9]' out && ! grep -q writes out
	ok $? 'root: it runs as another user'
	chmod 700 tree
	is 'root: unless only root can read the tree' \
		"$(tmpl -D tree hello | awk -F '\t' '$2 == "version"' | wc -l)" 1
	chmod 755 tree
	;;
esac
template loops <<'END'
while :; do :; done
END
exits 1 'a template that does not end' tmpl -D tree loops
has 'has 30 seconds' out 'takes longer than 30 s'

# memory that belongs to no process, and other ways out
if command -v python3 >/dev/null && python3 -c 'import ctypes' 2>/dev/null; then
	cat >tree/common/calls.py <<-'END'
		import ctypes, errno, os, socket
		libc = ctypes.CDLL(None, use_errno=True)
		def denied(name, r):
		    if r != -1 or ctypes.get_errno() not in (errno.EPERM, errno.EACCES):
		        print(name)
		    ctypes.set_errno(0)
		denied("shmget", libc.shmget(0, 4096, 0o1666))
		denied("msgget", libc.msgget(0, 0o1666))
		denied("semget", libc.semget(0, 1, 0o1666))
		denied("memfd", libc.memfd_create(b"x", 0))
		denied("socket", libc.socket(1, 1, 0))
		denied("kill", libc.kill(1, 15))
		denied("kill-group", libc.kill(0, 15))
		denied("unshare", libc.unshare(0x10000000))
		denied("ptrace", libc.ptrace(16, 1, 0, 0))
		denied("keyctl", libc.syscall(250, 0, -3, 0))
	END
	template calls <<-END
		depends=\$(python3 -I '$work/tree/common/calls.py' 2>&1)
		:
	END
	if [ "$(uname -m)" = x86_64 ]; then
		both 'no shared memory, sockets, signals, namespaces' '' calls
	else
		skip 'no shared memory, sockets, signals, namespaces' 'not x86_64'
	fi
else
	skip 'no shared memory, sockets, signals, namespaces' 'no python3'
fi

# nothing is left when a program is stopped, at whatever moment
number=98765.$$
template stays <<END
sleep $number &
setsid sleep $number &
while :; do sleep $number; done
END
# left: what is there of this test's evaluations
left() {
	pgrep -f "sleep $number|spiff-.* -D $work/tree|spiff $work/tree" >pids
}
gone() {
	! left
}
mkdir -m 777 spools
for w in $who; do
	SPIFF_SPOOL=$work/spools/$w
	export SPIFF_SPOOL
	as "$w" mkdir "$SPIFF_SPOOL"
	for d in new wait ready run built 'done' fail cancel tmp incoming log; do
		as "$w" mkdir "$SPIFF_SPOOL/$d"
	done
	as "$w" spiff-enqueue -n -D "$work/tree" -r none hello >out 2>err
	ok $? "$w: a plan for the spool"
	for sig in KILL TERM INT; do
		n=0 stuck=0
		while [ $n -lt "$ROUNDS" ]; do
			n=$((n + 1))
			program=spiff-deps
			[ $((n % 2)) -eq 0 ] || program='spiff-enqueue -n'
			# shellcheck disable=SC2086
			(as "$w" exec $program -D "$work/tree" -r none stays hello) \
				>/dev/null 2>&1 &
			pid=$!
			sleep "0.$(printf %03d $((n * 37 % 400)))"
			kill -$sig "$pid" 2>/dev/null
			# a shell without job control starts what ignores INT
			[ $sig != INT ] || kill -TERM "$pid" 2>/dev/null
			wait "$pid" 2>/dev/null
			await gone || stuck=$((stuck + 1))
		done
		is "$w: nothing is left after $sig, $ROUNDS times" "$stuck" 0
	done
done
plan
