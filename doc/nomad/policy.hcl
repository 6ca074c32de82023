# What the token that spiff-run uses, in NOMAD_TOKEN, must be allowed:
#
#	nomad acl policy apply spiff policy.hcl
#	nomad acl token create -name spiff -policy spiff
#
# To register spiff-build.nomad.hcl takes submit-job, which stopping a build does too.
namespace "default" {
  capabilities = ["list-jobs", "read-job", "dispatch-job", "submit-job", "read-logs"]
}

# Without this, nodes that spoil builds are shown, but not left out.
node {
  policy = "write"
}
