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

{{- /* The image of Redis: the one that the chart was tried with, unless the values name another. */ -}}
{{- define "bulla.redisImage" -}}
{{- $image := .Values.kubernetes.redis.image -}}
{{- if or $image.digest $image.tag (ne $image.repository "redis") -}}
{{ include "bulla.image" (dict "image" $image "tag" "7.4") }}
{{- else -}}
{{ $image.repository }}@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7
{{- end -}}
{{- end -}}

{{- /* Where the serving certificate comes from: selfIssued, existingSecret or helm. */ -}}
{{- define "bulla.tlsSource" -}}
{{- $tls := .Values.kubernetes.deployment.tls -}}
{{- $given := or $tls.cert $tls.key -}}
{{- if and $tls.selfIssued (or $given $tls.existingSecret $tls.caBundle $tls.injectCaFrom) -}}
{{- fail "kubernetes.deployment.tls: selfIssued makes the certificate and what is believed; nothing goes with it" -}}
{{- else if and $tls.existingSecret $given -}}
{{- fail "kubernetes.deployment.tls: give existingSecret, or cert and key" -}}
{{- else if and $tls.existingSecret (not (or $tls.caBundle $tls.injectCaFrom)) -}}
{{- fail "kubernetes.deployment.tls: existingSecret needs caBundle or injectCaFrom, or the API server believes nobody" -}}
{{- else if and $tls.injectCaFrom (or $tls.caBundle (not $tls.existingSecret)) -}}
{{- fail "kubernetes.deployment.tls: injectCaFrom goes with existingSecret, and without caBundle" -}}
{{- end -}}
{{- if $tls.selfIssued }}selfIssued{{ else if $tls.existingSecret }}existingSecret{{ else }}helm{{ end -}}
{{- end -}}

{{- /* The secret with the serving certificate. */ -}}
{{- define "bulla.tlsSecret" -}}
{{- .Values.kubernetes.deployment.tls.existingSecret | default (printf "%s-tls" .Chart.Name) -}}
{{- end -}}

{{- /*
  Whom the API server believes, in base64. Where somebody else keeps it up to date it stays as it is in the cluster,
  also during the upgrade that hands it over; a registration that is new begins with what the other one has.
  root, kind: Mutating or Validating.
*/ -}}
{{- define "bulla.caBundle" -}}
{{- $tls := .root.Values.kubernetes.deployment.tls -}}
{{- if or $tls.caBundle (eq (include "bulla.tlsSource" .root) "helm") -}}
{{- $believed := $tls.caBundle -}}
{{- if not $believed -}}
{{- $believed = (include "bulla.serving" .root | fromJson).cert -}}
{{- end -}}
{{- /* the upgrade that ends selfIssued: its pods still answer meanwhile. It takes the secret away, so the next one adds nothing */ -}}
{{- $left := lookup "v1" "Secret" .root.Release.Namespace (printf "%s-self-issued" .root.Chart.Name) -}}
{{- with get (($left | default dict).data | default dict) "ca.crt" -}}
{{- $believed = printf "%s\n%s" (trimSuffix "\n" $believed) (b64dec .) -}}
{{- end -}}
{{ $believed | b64enc }}
{{- else -}}
{{- $name := printf "%s-webhook" .root.Chart.Name -}}
{{- $believed := "" -}}
{{- range list .kind "Mutating" "Validating" -}}
{{- $old := lookup "admissionregistration.k8s.io/v1" (printf "%sWebhookConfiguration" .) "" $name -}}
{{- range ($old | default dict).webhooks -}}
{{- $believed = $believed | default (.clientConfig.caBundle | default "") -}}
{{- end -}}
{{- end -}}
{{ $believed }}
{{- end -}}
{{- end -}}

{{- /* Password of Redis and the key that seals what it holds: those of the release, else new ones, once for each rendering. */ -}}
{{- define "bulla.redisSecrets" -}}
{{- $cache := get .Values "rendered" | default dict -}}
{{- if not (hasKey $cache "redisSecrets") -}}
{{- $old := lookup "v1" "Secret" .Release.Namespace (printf "%s-redis-secret" .Chart.Name) -}}
{{- $data := ($old | default dict).data | default dict -}}
{{- $found := dict -}}
{{- range list "REDIS_PASSWORD" "CACHE_SECRET" -}}
{{- $_ := set $found . (get $data . | default (randAlphaNum 32 | b64enc)) -}}
{{- end -}}
{{- $_ := set $cache "redisSecrets" $found -}}
{{- $_ := set .Values "rendered" $cache -}}
{{- end -}}
{{- index $cache "redisSecrets" | toJson -}}
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
{{- $auth := pick $validator.auth "usePodPullSecrets" -}}
{{- $_ := set $auth "secretName" (printf "%s-auth" $validator.name) -}}
{{- $_ := set $validator "auth" $auth -}}
{{- end -}}
{{- $validators = append $validators $validator -}}
{{- end -}}
{{- $validators | toJson -}}
{{- end -}}

{{- /* Whether any validator logs in with what pods are pulled with. */ -}}
{{- define "bulla.usesPodPullSecrets" -}}
{{- range .Values.application.validators -}}
{{- if and .auth .auth.usePodPullSecrets -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bulla.pullSecretRules" -}}
- apiGroups: [""]
  resources: ["secrets", "serviceaccounts"]
  verbs: ["get"]
{{- end -}}

{{- /* The secrets that validators and receivers of alerts name, each once. */ -}}
{{- define "bulla.secretNames" -}}
{{- $names := list -}}
{{- range include "bulla.validators" . | fromJsonArray -}}
{{- if and .auth .auth.secretName -}}
{{- $names = append $names .auth.secretName -}}
{{- end -}}
{{- end -}}
{{- range list .Values.alerting.admitRequest .Values.alerting.rejectRequest -}}
{{- range (. | default dict).receivers -}}
{{- range .customHeaders -}}
{{- if and (kindIs "map" .) .secretRef -}}
{{- $names = append $names .secretRef.name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}
