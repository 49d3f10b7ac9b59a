#!/bin/sh
# Runs the session tests that LiveKit's Go SDK contains, unmodified: published.sh SERVER TESTS
# They use one fixed address, localhost:7880, so this runs in a network namespace of its own. pion takes no loopback
# address, so a veth pair with both ends in the namespace gives it another one.
# Three tests are left out by name; README.md has the reasons.
set -eu
ip link set lo up
ip link add here type veth peer name there
ip address add 192.0.2.1/24 dev here
ip link set here up
ip link set there up

log=$(mktemp)
"$1" 127.0.0.1:7880 2>"$log" &
server=$!
trap 'kill $server; rm "$log"' EXIT
until grep -q "listening; API key" "$log"; do
  kill -0 $server || exit 1
  sleep 0.05
done
export LIVEKIT_KEYS="devkey: secret"
tests='Join|JoinError|JoinSinglePeerConnection|PublishRequiresSinglePC|PubSub|Resume|LimitPayloadSize|E2EE_H264RoundTrip'
"$2" -test.v -test.timeout 120s -test.run "^Test($tests|DynacastRepublish)\$" 2>/dev/null
# A video track in two codecs, for subscribers that support one each. The same test with audio needs PCMU.
"$2" -test.v -test.timeout 60s -test.run '^TestSimulcastCodec$/^video$' 2>/dev/null
