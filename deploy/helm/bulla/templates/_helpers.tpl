{{- define "bulla.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.kubernetes.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* What selects the pods of the webhook; never changes, since selectors of deployments cannot. */ -}}
{{- define "bulla.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- define "bulla.redisSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: redis
{{- end -}}

{{- define "bulla.hasRedis" -}}
{{- if gt (int .Values.application.features.cache.expirySeconds) 0 }}true{{ end -}}
{{- end -}}

{{- define "bulla.hasAlerting" -}}
{{- if or .Values.alerting.admitRequest .Values.alerting.rejectRequest }}true{{ end -}}
{{- end -}}

{{- define "bulla.image" -}}
{{- $image := .image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .tag }}
{{- end -}}
{{- end -}}

{{- /*
  Certificate and key of a service: the given ones, else those of the release, else new ones. Made once for each
  rendering, so that the secret, the webhook and the checksum agree.
*/ -}}
{{- define "bulla.certificate" -}}
{{- $root := .root -}}
{{- $cache := get $root.Values "rendered" | default dict -}}
{{- if not (hasKey $cache .secret) -}}
{{- $found := dict -}}
{{- if and .given.cert .given.key -}}
{{- $found = dict "cert" .given.cert "key" .given.key -}}
{{- else if or .given.cert .given.key -}}
{{- fail (printf "tls of %s: give both cert and key, or none" .service) -}}
{{- else -}}
{{- $old := lookup "v1" "Secret" $root.Release.Namespace .secret -}}
{{- if and $old $old.data (index $old.data "tls.crt") (index $old.data "tls.key") -}}
{{- $found = dict "cert" (index $old.data "tls.crt" | b64dec) "key" (index $old.data "tls.key" | b64dec) -}}
{{- else -}}
{{- $namespace := $root.Release.Namespace -}}
{{- $inNamespace := printf "%s.%s" .service $namespace -}}
{{- $names := list .service $inNamespace (printf "%s.svc" $inNamespace) (printf "%s.svc.cluster.local" $inNamespace) -}}
{{- $new := genSelfSignedCert (printf "%s.svc" $inNamespace) nil $names 36500 -}}
{{- $found = dict "cert" $new.Cert "key" $new.Key -}}
{{- end -}}
{{- end -}}
{{- $_ := set $cache .secret $found -}}
{{- $_ := set $root.Values "rendered" $cache -}}
{{- end -}}
{{- index $cache .secret | toJson -}}
{{- end -}}

{{- define "bulla.serving" -}}
{{- include "bulla.certificate" (dict "root" . "given" .Values.kubernetes.deployment.tls "secret" (printf "%s-tls" .Chart.Name) "service" (printf "%s-svc" .Chart.Name)) -}}
{{- end -}}

{{- define "bulla.redisServing" -}}
{{- include "bulla.certificate" (dict "root" . "given" .Values.kubernetes.redis.tls "secret" (printf "%s-redis-tls" .Chart.Name) "service" (printf "%s-redis-service" .Chart.Name)) -}}
{{- end -}}

{{- /* Validators as the program reads them: inline names and passwords become secrets beside it. */ -}}
{{- define "bulla.validators" -}}
{{- $validators := list -}}
{{- range .Values.application.validators -}}
{{- $validator := deepCopy . -}}
{{- if and $validator.auth $validator.auth.password -}}
{{- if not (and $validator.auth.username $validator.auth.registry) -}}
{{- fail (printf "validator %s: auth with a password needs username and registry" $validator.name) -}}
{{- end -}}
{{- $_ := set $validator "auth" (dict "secretName" (printf "%s-auth" $validator.name)) -}}
{{- end -}}
{{- $validators = append $validators $validator -}}
{{- end -}}
{{- $validators | toJson -}}
{{- end -}}

{{- /* The secrets that validators name, each once. */ -}}
{{- define "bulla.secretNames" -}}
{{- $names := list -}}
{{- range include "bulla.validators" . | fromJsonArray -}}
{{- if and .auth .auth.secretName -}}
{{- $names = append $names .auth.secretName -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}
