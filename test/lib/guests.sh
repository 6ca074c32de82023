# A file server and two clients, a and b, as guests of qemu that talk to the server alone:
# sourced after lib.sh. KERNEL and ROOT are what doc/hacking says. The guests share
# ./guests with the test, not by the network, so that a guest that is cut off is still
# heard.

# shellcheck disable=SC2154
guests=$work/guests

# boot NAME: starts a guest, and does not wait
boot() {
	case $1 in
	server)
		boot_nics='-netdev dgram,id=n0,local.type=unix,local.path=s1,remote.type=unix,remote.path=a1
			-device virtio-net-pci,netdev=n0,mac=52:54:00:00:01:01
			-netdev dgram,id=n1,local.type=unix,local.path=s2,remote.type=unix,remote.path=b1
			-device virtio-net-pci,netdev=n1,mac=52:54:00:00:02:01
			-drive file=disk,format=raw,if=virtio,cache=unsafe'
		;;
	a)
		boot_nics='-netdev dgram,id=n0,local.type=unix,local.path=a1,remote.type=unix,remote.path=s1
			-device virtio-net-pci,netdev=n0,mac=52:54:00:00:01:02'
		;;
	b)
		boot_nics='-netdev dgram,id=n0,local.type=unix,local.path=b1,remote.type=unix,remote.path=s2
			-device virtio-net-pci,netdev=n0,mac=52:54:00:00:02:02'
		;;
	esac
	rm -rf "${guests:?}/$1"
	mkdir "$guests/$1"
	mkfifo "$guests/$1/mon.in" "$guests/$1/mon.out"
	echo 0 >"$guests/$1/told"
	# shellcheck disable=SC2086
	(
		cd "$guests" || exit
		exec setsid qemu-system-x86_64 -accel "${ACCEL-kvm}" -accel tcg -cpu qemu64 -m 512 -smp 1 \
			-nodefaults -no-user-config -display none \
			-serial "file:$1.console" -chardev "pipe,id=mon,path=$1/mon" \
			-mon chardev=mon,mode=readline $boot_nics \
			-fsdev "local,id=top,path=$top,security_model=none,readonly=on" \
			-device virtio-9p-pci,fsdev=top,mount_tag=top \
			-fsdev "local,id=work,path=$guests,security_model=none" \
			-device virtio-9p-pci,fsdev=work,mount_tag=work \
			-kernel "$KERNEL" -initrd "$ROOT" -append "console=ttyS0 quiet no_timer_check \
			spiff.name=$1 spiff.top=$top spiff.work=$guests"
	) >>qemu.log 2>&1 &
	eval "qemu_$1=$!"
	# what the monitor says must go somewhere
	cat "$guests/$1/mon.out" >"$guests/$1.monitor" &
}
booted() {
	await [ -e "$guests/$1/up" ]
}

# off NAME: takes its power away
off() {
	eval "kill -9 \$qemu_$1; wait \$qemu_$1; qemu_$1=" 2>/dev/null
}

# reset NAME: the same for a moment
reset() {
	rm -f "$guests/$1"/*.sh "$guests/$1"/*.status "$guests/$1/up"
	echo 0 >"$guests/$1/told"
	monitor "$1" system_reset
}

# monitor NAME COMMAND: tells its qemu
monitor() {
	echo "$2" >"$guests/$1/mon.in"
}

# cut CLIENT, heal CLIENT: its cable
cut_off() {
	monitor "$1" 'set_link n0 off'
}
heal() {
	monitor "$1" 'set_link n0 on'
}

# tell NAME COMMAND: has a guest run it, and does not wait; $said is where its output
# will be, and $said without .out and with .status its exit status
tell() {
	tell_n=$(($(cat "$guests/$1/told") + 1))
	echo $tell_n >"$guests/$1/told"
	said=$guests/$1/$tell_n.out
	printf '%s\n' "$2" >"$guests/$1/tmp"
	mv "$guests/$1/tmp" "$guests/$1/$tell_n.sh"
}

# on NAME COMMAND: runs it there, prints what it says, and exits as it does
on() {
	tell "$1" "$2"
	await [ -e "${said%.out}.status" ] || return 111
	cat "$said"
	return "$(cat "${said%.out}.status")"
}

# disk: an empty one for the server
disk() {
	mkdir -p "$guests"
	rm -f "$guests/disk"
	truncate -s 1G "$guests/disk"
	mkfs.ext4 -q -F "$guests/disk"
}

# serve: has the server export /srv, with a lease of 10 seconds. The kernel or nfsdcltrack
# keeps on that disk which clients have locks, so that the server knows it after a restart
serve() {
	booted server
	on server 'mkdir -p /srv && mount -t ext4 /dev/vda /srv || exit
	mount -t nfsd nfsd /proc/fs/nfsd
	mkdir -p /run/rpcbind /srv/.recovery /var/lib/nfs/sm /var/lib/nfs/sm.bak
	for d in v4recovery nfsdcltrack; do
		ln -s /srv/.recovery /var/lib/nfs/$d
	done
	echo "/srv 10.0.0.0/16(rw,no_root_squash,no_subtree_check,fsid=7)" >/etc/exports
	rpcbind
	rpc.statd
	echo 10 >/proc/fs/nfsd/nfsv4leasetime
	echo 10 >/proc/fs/nfsd/nfsv4gracetime
	exportfs -ra
	rpc.mountd
	until pidof rpc.mountd >/dev/null; do sleep 0.1; done
	rpc.nfsd 8' >serve.log 2>&1 || {
		sed 's/^/# /' serve.log
		return 1
	}
}

# mounted CLIENT [OPTION]: /srv there
mounted() {
	on "$1" "mkdir -p /srv /var/lib/nfs/sm /run/rpcbind
	pidof rpcbind >/dev/null || { rpcbind; rpc.statd; }
	server=10.0.1.1
	[ $1 = a ] || server=10.0.2.1
	mount.nfs \$server:/srv /srv -o ${2-vers=4.2}" >mount.log 2>&1 || {
		sed 's/^/# /' mount.log
		return 1
	}
}

# away: what cleanup has to call
away() {
	for g in server a b; do
		eval "p=\${qemu_$g-}"
		[ -z "$p" ] || kill -9 "$p"
	done 2>/dev/null
	wait
}
