#!/bin/sh
# Runs the compiled server tests of LiveKit: suite.sh TESTS [FLAGS OF THE TEST PROGRAM]
# They start their servers themselves (server.go) on fixed ports, so this runs in a network namespace of its own. pion
# takes no loopback address, so a veth pair with both ends in the namespace gives it another one.
set -eu
ip link set lo up
ip link add here type veth peer name there
ip address add 192.0.2.1/24 dev here
ip link set here up
ip link set there up
tests=$1
shift
# A process namespace, so that no server outlives the tests.
exec unshare --pid --fork --kill-child "$tests" -test.v "$@"
