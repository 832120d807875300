// Command control-plane is etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet,
// kube-proxy and kubectl in one binary, which shares their common code on disk and in the build.
//
// It runs the program that its own file name says (a link named etcd is etcd), else the one its
// first argument says. One more name, supervise, runs a program that is not part of this binary.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	_ "time/tzdata" // time zones of CronJobs

	"go.etcd.io/etcd/server/v3/etcdmain"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl's client authentication plug-ins
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"          // JSON log format
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client-go's metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // version metric
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var programs = map[string]func(){
	"etcd": func() {
		holdLifeline()
		etcdmain.Main(os.Args)
	},
	"kube-apiserver": func() {
		holdLifeline()
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	},
	"kube-controller-manager": func() {
		holdLifeline()
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	},
	"kube-scheduler": func() {
		holdLifeline()
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	},
	"kubelet": func() {
		holdLifeline()
		os.Exit(cli.Run(kubelet.NewKubeletCommand(context.Background())))
	},
	"kube-proxy": func() {
		holdLifeline()
		os.Exit(cli.Run(proxy.NewProxyCommand()))
	},
	"kubectl": func() {
		// As in cmd/kubectl: the level is needed before the command is built.
		_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	},
	"supervise": func() { os.Exit(supervise(os.Args[1:])) },
}

func main() {
	program, found := programs[filepath.Base(os.Args[0])]
	if !found && len(os.Args) > 1 {
		if program, found = programs[os.Args[1]]; found {
			os.Args = os.Args[1:]
		}
	}
	if !found {
		fmt.Fprintf(os.Stderr, "usage: %s {%s} [argument...]\n", filepath.Base(os.Args[0]), names())
		os.Exit(2)
	}
	program()
}

func names() string {
	all := make([]string, 0, len(programs))
	for name := range programs {
		all = append(all, name)
	}
	sort.Strings(all)
	return strings.Join(all, "|")
}
