{{- define "tocsin.labels" -}}
app.kubernetes.io/name: tocsin
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "tocsin.environment" -}}
- { name: TOCSIN_KAFKA, valueFrom: { secretKeyRef: { name: {{ .Values.kafka.secret }}, key: {{ .Values.kafka.key }} } } }
- { name: TOCSIN_CLICKHOUSE, valueFrom: { secretKeyRef: { name: {{ .Values.clickhouse.secret }}, key: {{ .Values.clickhouse.key }} } } }
{{- if .Values.notify.enabled }}
- { name: TOCSIN_NOTIFY, valueFrom: { secretKeyRef: { name: {{ .Values.notify.secret }}, key: {{ .Values.notify.key }} } } }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: TOCSIN_{{ upper $name }}, value: {{ $value | quote }} }
{{- end }}
- { name: TOCSIN_DATA_DIR, value: /app/var }
- { name: TOCSIN_METRICS_HOST, value: 0.0.0.0 }
- { name: TOCSIN_METRICS_PORT, value: "9464" }
{{- end -}}

{{- define "tocsin.secure" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "tocsin.pod" -}}
automountServiceAccountToken: false
securityContext: { runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: { type: RuntimeDefault } }
volumes:
  - { name: var, emptyDir: {} }
  - { name: tmp, emptyDir: {} }
{{- end -}}
