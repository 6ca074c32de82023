# A Nomad cluster of a server and three clients, each in a network namespace of its
# own: sourced after lib.sh and run.sh by tests of a real cluster. It needs root,
# nomad, ip and unshare, and leaves nothing behind: all of it lives in namespaces
# that end with the test.

# shellcheck disable=SC2154

# clusterpossible: whether it can be had here
clusterpossible() {
	[ "$(id -u)" -eq 0 ] && command -v nomad ip unshare >/dev/null &&
		unshare -n -m true 2>/dev/null
}

# clusterup: starts it, in ./cluster, with access control lists; the token of
# NOMAD_TOKEN may do what doc/nomad/policy.hcl says
clusterup() {
	mkdir -p cluster/none /run/netns
	mount -t tmpfs none /run/netns
	ip link set lo up
	ip link add br0 type bridge
	ip addr add 10.99.0.1/24 dev br0
	ip link set br0 up
	NOMAD_ADDR=http://10.99.0.1:4646 NOMAD_CLI_SHOW_HINTS=false
	export NOMAD_ADDR NOMAD_CLI_SHOW_HINTS
	unset NOMAD_NAMESPACE NOMAD_REGION NOMAD_TOKEN
	cat >cluster/all.hcl <<-END
	disable_update_check = true
	log_level            = "WARN"
	consul {
	  auto_advertise   = false
	  server_auto_join = false
	  client_auto_join = false
	}
	acl {
	  enabled = true
	}
	END
	cat >cluster/server.hcl <<-END
	data_dir  = "$work/cluster/server"
	bind_addr = "10.99.0.1"
	server {
	  enabled          = true
	  bootstrap_expect = 1
	  heartbeat_grace  = "2s"
	  min_heartbeat_ttl = "2s"
	  default_scheduler_config {
	    preemption_config {
	      batch_scheduler_enabled = true
	    }
	  }
	}
	END
	serverstart
	for n in 1 2 3; do
		ip netns add "client$n"
		ip link add "v$n" type veth peer name eth0 netns "client$n"
		ip link set "v$n" master br0 up
		ip -n "client$n" link set lo up
		ip -n "client$n" addr add "10.99.0.1$n/24" dev eth0
		ip -n "client$n" link set eth0 up
		cat >"cluster/client$n.hcl" <<-END
		name      = "client$n"
		data_dir  = "$work/cluster/client$n"
		bind_addr = "10.99.0.1$n"
		client {
		  enabled           = true
		  servers           = ["10.99.0.1:4647"]
		  network_interface = "eth0"
		  cpu_total_compute = 1000
		  memory_total_mb   = 1024
		  options = {
		    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean,consul,vault,cni,bridge"
		    "driver.allowlist"     = "raw_exec"
		  }
		}
		plugin "raw_exec" {
		  config {
		    enabled = true
		  }
		}
		END
	done
	await serverready || return 1
	clusterroot=$(nomad acl bootstrap -t '{{.SecretID}}')
	as_root nomad acl policy apply spiff "$top/doc/nomad/policy.hcl" >/dev/null
	NOMAD_TOKEN=$(as_root nomad acl token create -name spiff -policy spiff \
		-t '{{.SecretID}}')
	export NOMAD_TOKEN
	for n in 1 2 3; do
		clientstart $n
	done
	await clientsready 3
}

as_root() {
	NOMAD_TOKEN=$clusterroot "$@"
}

# agentstart NAME COMMAND...: an agent in the background; its process is in
# ./cluster/NAME.pid
agentstart() {
	agentstart_name=$1
	shift
	env -i PATH="$PATH" TMPDIR=/tmp "$@" nomad agent -config cluster/all.hcl \
		-config "cluster/$agentstart_name.hcl" >>"cluster/$agentstart_name.log" 2>&1 &
	echo $! >"cluster/$agentstart_name.pid"
}

serverstart() {
	agentstart server
}

# clientstart N [DIR]: with an empty directory in the place of DIR
clientstart() {
	if [ $# -eq 2 ]; then
		agentstart "client$1" ip netns exec "client$1" unshare -m sh -c \
			'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh \
			"$work/cluster/none" "$2"
	else
		agentstart "client$1" ip netns exec "client$1"
	fi
}

# clienthere N: the process of that client's agent
agentpid() {
	cat "cluster/$1.pid"
}

# agentkill NAME [SIGNAL]
agentkill() {
	kill -s "${2:-KILL}" "$(agentpid "$1")"
	wait "$(agentpid "$1")" 2>/dev/null
	rm -f "cluster/$1.pid"
}

serverready() {
	nomad server members 2>&1 | grep -qE 'alive|Permission denied|ACL'
}

# clientsready N: so many are ready
clientsready() {
	[ "$(as_root nomad node status -t '{{range .}}{{.Status}}{{"\n"}}{{end}}' \
		2>/dev/null | grep -c '^ready')" -eq "$1" ]
}

# cut N, heal N: takes that client off the network, and back
cut_off() {
	ip link set "v$1" down
}
heal() {
	ip link set "v$1" up
}

clusterdown() {
	for f in cluster/client*.pid cluster/server.pid; do
		[ ! -e "$f" ] || kill "$(cat "$f")" 2>/dev/null
	done
	wait
}
