# The job on a Nomad cluster that builds for spiff-run -b nomad. Each build is a
# child of it, with the job's file as payload. Set the variables below, or give
# them on the command line, and register it:
#
#	nomad job validate spiff-build.nomad.hcl
#	nomad job run -var driver=docker -var arch=amd64 spiff-build.nomad.hcl
#
# For machines of several architectures register it once for each, under the
# names that SPIFF_NOMAD has: -var name=spiff-build-aarch64 -var arch=arm64.
# spiff-run(1) says what it relies on: the task's name, no second attempt, and
# that logs are kept whole until they are read.

variable "name" {
  default     = "spiff-build"
  description = "the job's name, as in SPIFF_NOMAD"
}

variable "driver" {
  default     = "raw_exec"
  description = "raw_exec, exec or docker"
}

variable "arch" {
  default     = ""
  description = "only on machines of this architecture, as Nomad calls it"
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
  description = "who builds: xbps-src refuses root; raw_exec and exec"
}

variable "image" {
  default     = "ghcr.io/void-linux/void-buildroot-glibc"
  description = "docker: an image with xbps-src's needs and spiff's scripts"
}

variable "volumes" {
  default     = ["/srv/spiff:/srv/spiff"]
  description = "docker: what the builds see of the machine"
}

# What spiff-build(1) needs to know there. Directories: those that the machines
# share, or, with SPIFF_DELIVER, their own.
variable "settings" {
  type = map(string)
  default = {
    SPIFF_CONF      = "/dev/null"
    SPIFF_SPOOL     = "/srv/spiff/spool"
    SPIFF_DISTDIR   = "/srv/spiff/void-packages"
    SPIFF_REPO      = "/srv/spiff/repo"
    SPIFF_HOSTDIR   = "/srv/spiff/hostdir"
    SPIFF_MASTERDIR = "/srv/spiff/masterdir"
  }
}

# One build's share of a machine: as many builds run there as fit.
variable "cpu" {
  default     = 4000
  description = "MHz"
}

variable "memory" {
  default     = 4096
  description = "MiB"
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
        # docker alone
        image   = var.driver == "docker" ? var.image : null
        volumes = var.driver == "docker" ? var.volumes : null
      }
      env = var.settings
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
