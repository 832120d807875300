# Runs as the first process of a node's namespaces: sandbox.sh DIRECTORY
set -eu
directory=$1
cd "$directory"

# What the kubelet, containerd and CNI plugins write at fixed places goes to the node's directory.
mkdir -p run/netns var-lib/kubelet var-log sysctl
mount --bind run /run
mount --bind var-lib /var/lib
mount --bind var-log /var/log

# containerd finds no registry, and knows so at once. For pods there is a name server that never
# answers: to one of 127.0.0.1, CoreDNS would forward to itself.
echo "nameserver 127.0.0.1" > containerd.resolv.conf
echo "nameserver 192.0.2.1" > pods.resolv.conf
mount --bind containerd.resolv.conf /etc/resolv.conf

# The kubelet sets these for the whole machine. It shall set copies.
for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops \
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  [ -e "/proc/sys/$name" ] || continue
  copy=sysctl/$(echo "$name" | tr / .)
  cat "/proc/sys/$name" > "$copy"
  mount --bind "$copy" "/proc/sys/$name"
done

mount --make-rshared /
ip link set lo up
touch sandbox.ready
exec sleep infinity
