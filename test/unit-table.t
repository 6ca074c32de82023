#!/bin/sh
# The hash table against an array.
. "$(dirname "$0")/lib/lib.sh"

exits 0 'puts, gets and drops at random' tab 300000
check 'and something was left' test "$(cat out)" -gt 1000
plan
