# The job on a Nomad cluster that builds for spiff-run -b nomad. Each build is a
# child of it, with the job's file as payload. Set the variables below in a file,
# as nomad/cluster.vars has them, and register the job:
#
#	nomad job validate -var-file=cluster.vars spiff-build.nomad.hcl
#	nomad job run -var-file=cluster.vars spiff-build.nomad.hcl
#
# For machines of several architectures, or of several sizes, register it once for
# each, under the names that SPIFF_NOMAD has:
#
#	-var name=spiff-build-arm -var arch=arm64
#	-var name=spiff-build-large -var memory=32768 -var cpu=16000 -var jobs=16
#
# raw_exec runs a build on the machine as it is. exec, docker and podman have a
# file system of their own: of the machine they see the host volume alone, which
# each machine's agent has to name, as nomad/client.hcl does, and which the user
# must be able to write to. What else exec sees is what the agent's chroot_env says,
# and docker and podman the image, which nomad/Containerfile makes.
#
# It needs Nomad 1.8 or later. spiff-run(1) says what it relies on: the task's
# name, no second attempt, and that logs are kept whole until they are read.

variable "name" {
  default     = "spiff-build"
  description = "the job's name, as in SPIFF_NOMAD"
}

variable "driver" {
  default     = "raw_exec"
  description = "raw_exec, exec, docker or podman"
}

variable "arch" {
  default     = "amd64"
  description = "only on machines of this architecture, as Nomad calls it; empty: any"
}

variable "datacenters" {
  default = ["*"]
}

variable "build" {
  default     = "/usr/local/bin/spiff-build"
  description = "the program, on the machines that build or in the image"
}

variable "user" {
  default     = ""
  description = "who builds: xbps-src refuses root; default: the driver's own"
}

variable "image" {
  default     = "localhost/spiff-build"
  description = "docker and podman: an image with spiff, as nomad/Containerfile makes"
}

variable "volume" {
  default     = "spiff"
  description = "not raw_exec: the host volume that has the directories below"
}

variable "mount" {
  default     = "/srv/spiff"
  description = "not raw_exec: where builds see it"
}

# What spiff-build(1) needs to know there. Those given are added to the ones below;
# with a settings file on the machines, SPIFF_CONF names it, and is enough.
variable "settings" {
  type    = map(string)
  default = {}
}

# Directories: those that the machines share, or, with SPIFF_DELIVER, their own. What
# other builds have made then has to come from the build repository's URL, in
# SPIFF_REPOS before Void's.
locals {
  image = contains(["docker", "podman"], var.driver)
  settings = contains(keys(var.settings), "SPIFF_CONF") ? {} : {
    SPIFF_CONF      = "/dev/null"
    SPIFF_SPOOL     = "/srv/spiff/spool"
    SPIFF_DISTDIR   = "/srv/spiff/void-packages"
    SPIFF_REPO      = "/srv/spiff/hostdir/binpkgs"
    SPIFF_REPOS     = "https://repo-default.voidlinux.org/current"
    SPIFF_HOSTDIR   = "/srv/spiff/hostdir"
    SPIFF_MASTERDIR = "/srv/spiff/masterdir"
  }
}

# One build's share of a machine: as many builds run there as fit, and each of
# them gets the same. One that ran out of memory is tried again by the next larger
# job that SPIFF_NOMAD names, or else with half of the processes.
variable "cpu" {
  default     = 4000
  description = "MHz"
}

variable "memory" {
  default     = 4096
  description = "MiB"
}

variable "jobs" {
  default     = 4
  description = "processes that a build runs at a time"
}

job "spiff-build" {
  id          = var.name
  name        = var.name
  type        = "batch"
  datacenters = var.datacenters

  parameterized {
    payload = "required"
  }

  dynamic "constraint" {
    for_each = var.arch == "" ? [] : [var.arch]
    content {
      attribute = "${attr.cpu.arch}"
      value     = constraint.value
    }
  }

  # a node that spoils builds is left out for a while: spiff-run sets this there
  constraint {
    attribute = "${meta.spiff}"
    operator  = "!="
    value     = "out"
  }

  group "build" {
    # spiff-run decides what is tried again, under a new number.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }
    # A machine that Nomad has not heard of may come back with its build done.
    # spiff-run waits for it, ten minutes, and then begins it on another; without
    # this it does so at once, as for a machine that has left.
    disconnect {
      lost_after = "1h"
      replace    = false
      reconcile  = "keep_original"
    }
    dynamic "volume" {
      for_each = var.driver == "raw_exec" ? [] : [var.volume]
      labels   = ["spiff"]
      content {
        type   = "host"
        source = volume.value
      }
    }
    # for the logs, which are not to be rotated away before they are read
    ephemeral_disk {
      size = 600
    }

    task "build" {
      driver = var.driver
      user   = var.user
      config {
        command = var.build
        args    = ["${NOMAD_TASK_DIR}/job"]
        # xbps-src makes namespaces for its chroot
        image        = local.image ? var.image : null
        security_opt = local.image ? ["seccomp=unconfined"] : null
      }
      dynamic "volume_mount" {
        for_each = var.driver == "raw_exec" ? [] : [var.mount]
        content {
          volume      = "spiff"
          destination = volume_mount.value
        }
      }
      # an agent's own TMPDIR need not be there
      env = merge({ SPIFF_JOBS = var.jobs, TMPDIR = "/tmp" }, local.settings, var.settings)
      dispatch_payload {
        file = "job"
      }
      # SIGTERM reaches xbps-src through spiff-build
      kill_signal  = "SIGTERM"
      kill_timeout = "30s"
      logs {
        max_files     = 5
        max_file_size = 100
      }
      resources {
        cpu    = var.cpu
        memory = var.memory
      }
    }
  }
}
