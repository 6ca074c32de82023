# For the agents of the machines that build, beside what they have anyway.

# raw_exec: off unless it is said
plugin "raw_exec" {
  config {
    enabled = true
  }
}

client {
  enabled = true

  # exec, docker and podman see this directory of the machine
  host_volume "spiff" {
    path = "/srv/spiff"
  }

  # What exec gives each build as its file system, and nothing else; without this, all
  # of /usr, which may be gigabytes to copy. Make it on the file system of the agent's
  # data directory, where it is linked and not copied:
  #
  #	xbps-install -S -r /var/lib/spiff-root -R https://repo-default.voidlinux.org/current \
  #		base-files bash coreutils curl findutils gawk git grep gzip openssh sed \
  #		shadow tar util-linux xbps
  #	make install DESTDIR=/var/lib/spiff-root
  chroot_env {
    "/var/lib/spiff-root" = "/"
  }
}
