#!/bin/sh
# In a guest of the tests over NFS: what its init runs, as process 1. Sets up the
# network, then runs, beside each other, what the test puts as N.sh into the guest's
# directory of the share, N from 1 on.
name=$1 top=$2 work=$3

hostname "$name"
ip link set lo up
case $name in
server)
	ip addr add 10.0.1.1/24 dev eth0
	ip addr add 10.0.2.1/24 dev eth1
	ip link set eth0 up
	ip link set eth1 up
	;;
a)
	ip addr add 10.0.1.2/24 dev eth0
	ip link set eth0 up
	;;
b)
	ip addr add 10.0.2.2/24 dev eth0
	ip link set eth0 up
	;;
esac
PATH=$top/bin:$top/build/test:$PATH
LC_ALL=C SPIFF_CONF=/dev/null
export PATH LC_ALL SPIFF_CONF top work
cd "$work/$name" || exit
: >up
n=1
while :; do
	if [ -e "$n.sh" ]; then
		(
			sh "./$n.sh" >"$n.out" 2>&1
			echo $? >"$n.tmp"
			mv "$n.tmp" "$n.status"
		) </dev/null &
		n=$((n + 1))
	else
		sleep 0.2
	fi
done
