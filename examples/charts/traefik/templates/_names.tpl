{{- define "traefik.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "traefik.fullname" -}}
{{- if contains .Release.Name (include "traefik.name" .) -}}
{{- include "traefik.name" . -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "traefik.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- /* Two releases may share a namespace, and two namespaces a cluster. */ -}}
{{- define "traefik.clustername" -}}
{{- printf "%s-%s" (include "traefik.fullname" .) .Release.Namespace | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "traefik.serviceaccount" -}}
{{- default (include "traefik.fullname" .) .Values.serviceAccount.name -}}
{{- end }}

{{- define "traefik.selector" -}}
app.kubernetes.io/name: {{ include "traefik.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}-{{ .Release.Namespace }}
{{- end }}

{{- define "traefik.labels" -}}
{{ include "traefik.selector" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "traefik.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if .Values.global.systemDefaultRegistry -}}
{{- printf "%s/%s:%s" .Values.global.systemDefaultRegistry .Values.image.repository $tag -}}
{{- else if .Values.image.registry -}}
{{- printf "%s/%s:%s" .Values.image.registry .Values.image.repository $tag -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end }}
