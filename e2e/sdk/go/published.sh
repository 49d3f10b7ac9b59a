#!/bin/sh
# The tests of whole sessions that LiveKit's Go SDK publishes with itself, as they are: published.sh SERVER TESTS
# They know one address, localhost:7880. So this runs in a network of its own, which it makes habitable first: pion
# takes no loopback address, but it does take a cable that has both its ends here.
# Three of them are left out, each for a reason that README.md says.
set -eu
ip link set lo up
ip link add here type veth peer name there
ip address add 192.0.2.1/24 dev here
ip link set here up
ip link set there up

said=$(mktemp)
"$1" 127.0.0.1:7880 2>"$said" &
server=$!
trap 'kill $server; rm "$said"' EXIT
until grep -q "open, with devkey" "$said"; do
  kill -0 $server || exit 1
  sleep 0.05
done
export LIVEKIT_KEYS="devkey: secret"
tests='Join|JoinError|JoinSinglePeerConnection|PublishRequiresSinglePC|PubSub|Resume|LimitPayloadSize|E2EE_H264RoundTrip'
"$2" -test.v -test.timeout 120s -test.run "^Test($tests|DynacastRepublish)\$" 2>/dev/null
# A track in two codecs, for viewers who can show one of them each. The same test with sound needs PCMU.
"$2" -test.v -test.timeout 60s -test.run '^TestSimulcastCodec$/^video$' 2>/dev/null
