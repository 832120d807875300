#!/bin/sh
# What the load balancer's image does with its environment, as rules of nftables. Ends when told to.
set -eu
protocol=$(echo "$DEST_PROTO" | tr A-Z a-z)
rules() { # family, name of the source range's family test
  family=$1
  echo "table $family forward {"
  echo "chain forward { type filter hook forward priority 0;"
  for range in $(of "$SRC_RANGES"); do echo "$family saddr $range $protocol dport $DEST_PORT accept"; done
  for ip in $(of "$DEST_IPS"); do echo "$family daddr $ip $protocol dport $DEST_PORT drop"; done
  echo "}"
  echo "chain prerouting { type nat hook prerouting priority -100;"
  for ip in $(of "$DEST_IPS"); do echo "$protocol dport $SRC_PORT dnat to $(address "$ip"):$DEST_PORT"; done
  echo "}"
  echo "chain postrouting { type nat hook postrouting priority 100;"
  for ip in $(of "$DEST_IPS"); do echo "$family daddr $ip meta l4proto $protocol masquerade"; done
  echo "}"
  echo "}"
}
of() { # the elements of a comma list that are of the family
  for element in $(echo "$1" | tr , ' '); do
    case $family:$element in ip:*:*) ;; ip:* | ip6:*:*) echo "$element" ;; esac
  done
}
address() { case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac; }
{ rules ip; rules ip6; } | nft -f -
exec sleep 1000000000
