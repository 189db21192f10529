{{/* The pod, which is the same in a StatefulSet and in a Deployment but for its volumes. */}}
{{- define "streakd.pod" -}}
{{- $fullname := include "streakd.fullname" . -}}
{{- $isEmbedded := eq .Values.store "embedded" -}}
metadata:
  labels:
    {{- include "streakd.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A changed secret starts the pods anew.
    checksum/secret: {{ pick .Values "adminToken" "mongodb" "redis" | toJson | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "streakd.serviceAccount" . }}
  # streakd never calls Kubernetes.
  automountServiceAccountToken: false
  enableServiceLinks: false
  # The drain, the requests in flight, and 15 seconds for a commit that hangs.
  terminationGracePeriodSeconds: {{ add (ceil (divf (add .Values.shutdown.drainMs .Values.shutdown.graceMs) 1000.0)) 15 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  containers:
    - name: streakd
      image: {{ include "streakd.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      ports:
        - name: http
          containerPort: 8080
      env:
        - name: PORT
          value: "8080"
        - name: SHUTDOWN_DRAIN_MS
          value: {{ .Values.shutdown.drainMs | int | quote }}
        - name: SHUTDOWN_GRACE_MS
          value: {{ .Values.shutdown.graceMs | int | quote }}
        {{- include "streakd.fromSecret" (dict "name" "ADMIN_TOKEN" "from" .Values.adminToken "own" $fullname) | nindent 8 }}
        {{- if not $isEmbedded }}
        {{- include "streakd.fromSecret" (dict "name" "MONGODB_URI" "from" .Values.mongodb "own" $fullname) | nindent 8 }}
        {{- else if .Values.backups.enabled }}
        - name: BACKUP_DIR
          value: /backups/streakd
        - name: BACKUP_EVERY_HOURS
          value: {{ .Values.backups.everyHours | int | quote }}
        - name: BACKUP_KEEP
          value: {{ .Values.backups.keep | int | quote }}
        {{- end }}
        {{- if or .Values.redis.existingSecret .Values.redis.url }}
        {{- include "streakd.fromSecret" (dict "name" "REDIS_URL" "from" .Values.redis "own" $fullname) | nindent 8 }}
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: TLS_CERT_FILE
          value: /tls/tls.crt
        - name: TLS_KEY_FILE
          value: /tls/tls.key
        {{- end }}
        {{- range $name, $value := .Values.settings }}
        - name: {{ $name }}
          {{- if kindIs "bool" $value }}
          {{- /* YAML reads on and off as booleans. */}}
          value: {{ ternary "on" "off" $value | quote }}
          {{- else if and (kindIs "float64" $value) (eq $value (floor $value)) }}
          {{- /* Otherwise a large one would be written as 2e+07. */}}
          value: {{ $value | int64 | quote }}
          {{- else }}
          value: {{ $value | quote }}
          {{- end }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      # The port is closed until the store is open. Bringing a large database to a new schema takes minutes.
      startupProbe:
        {{- include "streakd.probe" (list . "/readyz") | nindent 8 }}
        periodSeconds: 2
        failureThreshold: 900
      livenessProbe:
        {{- include "streakd.probe" (list . "/healthz") | nindent 8 }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        {{- include "streakd.probe" (list . "/readyz") | nindent 8 }}
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 2
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        {{- if $isEmbedded }}
        - name: data
          mountPath: /data
        {{- if .Values.backups.enabled }}
        - name: backups
          mountPath: /backups
        {{- end }}
        {{- else }}
        # Only for what a library may put down for a moment.
        - name: data
          mountPath: /data
        {{- end }}
        {{- if .Values.tls.existingSecret }}
        - name: tls
          mountPath: /tls
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    {{- if not $isEmbedded }}
    - name: data
      emptyDir: {}
    {{- else }}
    {{- with .Values.persistence.existingClaim }}
    - name: data
      persistentVolumeClaim:
        claimName: {{ . }}
    {{- end }}
    {{- if and .Values.backups.enabled .Values.backups.existingClaim }}
    - name: backups
      persistentVolumeClaim:
        claimName: {{ .Values.backups.existingClaim }}
    {{- end }}
    {{- end }}
    {{- with .Values.tls.existingSecret }}
    - name: tls
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
  {{- else if gt (int .Values.replicas) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "streakd.selector" . | nindent 10 }}
  {{- end }}
{{- end -}}

{{/* Asks a path. Takes the chart's root and the path. */}}
{{- define "streakd.probe" -}}
{{- $root := index . 0 -}}
httpGet:
  path: {{ index . 1 }}
  port: http
  {{- if $root.Values.tls.existingSecret }}
  scheme: HTTPS
  {{- end }}
{{- end -}}
