# A Nomad cluster of one machine, with raw_exec alone, and builds on it: sourced
# after lib.sh and run.sh by tests of the real program.

# shellcheck disable=SC2154

# agentup: starts it, in ./agent, and waits until it takes jobs; -1 if it cannot
# be started here; NOMAD_ADDR says where it is
agent=
agentup() {
	mkdir -p agent/tmp
	NOMAD_CLI_SHOW_HINTS=false
	export NOMAD_ADDR NOMAD_CLI_SHOW_HINTS
	unset NOMAD_NAMESPACE NOMAD_REGION NOMAD_TOKEN
	for _ in 1 2 3 4 5; do
		# a port that somebody has ends it, and it is tried with others
		agent_port=$(od -An -N2 -tu2 /dev/urandom)
		agent_port=$((10000 + agent_port % 20000))
		cat >agent/agent.hcl <<-END
		ports {
		  http = $agent_port
		  rpc  = $((agent_port + 1))
		  serf = $((agent_port + 2))
		}
		disable_update_check = true
		log_level            = "WARN"
		consul {
		  auto_advertise   = false
		  server_auto_join = false
		  client_auto_join = false
		}
		client {
		  options = {
		    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean,consul,vault,cni,bridge"
		    "driver.allowlist"     = "raw_exec"
		  }
		}
		END
		NOMAD_ADDR=http://127.0.0.1:$agent_port
		env -i PATH="$PATH" TMPDIR="$PWD/agent/tmp" nomad agent -dev -config agent/agent.hcl \
			>agent/log 2>&1 &
		agent=$!
		await agentready && kill -0 "$agent" 2>/dev/null && return
		wait "$agent"
		agent=
	done
	sed 's/^/# /' agent/log
	return 1
}

# whether it takes jobs, or has ended
agentready() {
	! kill -0 "$agent" 2>/dev/null || nomad node status \
		-t '{{range .}}{{.Status}} {{.SchedulingEligibility}}{{end}}' \
		2>/dev/null | grep -q '^ready eligible'
}

# agentdown: ends it, with all it runs
agentdown() {
	[ -n "$agent" ] || return 0
	kill -INT "$agent"
	wait "$agent"
	agent=
}

# register NAME BUILD SETTINGS [FLAG...]: the job of the documentation, small
register() {
	register_name=$1 register_build=$2 register_settings=$3
	shift 3
	nomad job run -detach -var "name=$register_name" \
		-var "build=$register_build" \
		-var "settings={$register_settings}" -var arch= -var cpu=20 -var memory=32 \
		"$@" "$top/doc/spiff-build.nomad.hcl"
}

# remote: what a build on the agent runs is ./remote, which is the tests' builder
remote() {
	cat >remote <<-END
	#!/bin/sh
	SPIFF_SPOOL=$SPIFF_SPOOL
	END
	cat >>remote <<-'END'
	SPIFF_JOB=$(sed -n 's/^pkgver //p' "$1").$(sed -n 's/^arch //p' "$1")
	SPIFF_TRY=$(sed -n 's/^try //p' "$1" | tail -n 1)
	export SPIFF_JOB SPIFF_TRY SPIFF_SPOOL
	END
	echo "exec $work/builder" >>remote
	chmod +x remote
	mkdir go
}

# holds JOB...: the builds of these names wait until there is a file go/JOB
holds() {
	for holds_job; do
		cat >"how/$holds_job" <<-END
		echo \$\$ >pid.$holds_job
		echo held
		until [ -e go/$holds_job ]; do sleep 0.1; done
		END
	done
}

# held PKGVER...: such jobs for x86_64
held() {
	for held_job; do
		holds "$held_job.x86_64"
		job "$held_job"
	done
}

# release PKGVER: lets its build go on
release() {
	: >"go/$1.x86_64"
}

# gone PKGVER: whether the build that was held is there no more
gone() {
	! kill -0 "$(cat "pid.$1.x86_64")" 2>/dev/null
}

# howoften PKGVER: how often its build was begun
howoften() {
	grep -cx "$1.x86_64" begun
}

# child PKGVER: the ID of its child
child() {
	attr "$1" run handle | sed -n 's/.* \(spiff-build\/dispatch\)/\1/p'
}

cleanup() {
	for p in $runs; do
		kill -9 "$p" 2>/dev/null
	done
	agentdown
	wait
}
