#!/bin/sh
# Makes one more SecBeat node: clones a virtual machine from a template on a Proxmox VE host, gives it an enrolment token
# and starts it. For the webhook receiver next door, which runs it once for each decision; by hand it works as well.
#
# Runs on the Proxmox host itself, as a user that may call qm and pvesh. Needs curl. Settings, from the environment:
#   TEMPLATE_ID        the template: cloud-init, SecBeat installed, a service that reads /etc/secbeat/node.env
#   ORCHESTRATOR_URL   https://... of the orchestrator, as the new machine reaches it
#   TOKEN_FILE         file with an admin's API token, mode 0600: with it the enrolment token is made
#   CA_FILE            ca.pem of the orchestrator's authority, so that it is known for certain
#   STORAGE            where snippets live, e.g. local; its content types must include snippets
#   SNIPPETS_DIR       the folder of that storage, e.g. /var/lib/vz/snippets
#   NAME_PREFIX        of the new machine; default secbeat
set -eu
umask 077

: "${TEMPLATE_ID:?}" "${ORCHESTRATOR_URL:?}" "${TOKEN_FILE:?}" "${CA_FILE:?}" "${STORAGE:?}" "${SNIPPETS_DIR:?}"
name_prefix=${NAME_PREFIX:-secbeat}
key=${SECBEAT_KEY:-by-hand}

# The decision's key makes the machine's name, so that a second run for one decision finds the first one's machine.
suffix=$(printf '%s' "$key" | cksum | cut -d ' ' -f 1)
name="$name_prefix-$suffix"
if qm list | awk -v name="$name" '$2 == name { found = 1 } END { exit !found }'; then
  echo "$name is there already"
  exit 0
fi

vm_id=$(pvesh get /cluster/nextid)
snippet="$SNIPPETS_DIR/$name.yaml"

# What was begun and not finished is taken away again, so that the next attempt starts from nothing. Only what this run
# has made itself: the next free number is nobody's until the clone has succeeded.
cloned=no
finished=no
clean_up() {
  if [ "$finished" = no ]; then
    rm -f "$snippet"
    if [ "$cloned" = yes ]; then qm destroy "$vm_id" --purge || true; fi
  fi
}
trap clean_up EXIT

# The API token goes to curl on its standard input: arguments can be seen by everybody on the machine.
answer=$(
  printf 'header = "Authorization: Bearer %s"\n' "$(cat "$TOKEN_FILE")" |
    curl --config - --fail --silent --show-error --max-time 30 --cacert "$CA_FILE" \
      --header 'Content-Type: application/json' --data "{\"minutes\": 30, \"note\": \"$name\"}" \
      "$ORCHESTRATOR_URL/api/v1/enrolment-tokens"
)
field() {
  printf '%s' "$answer" | sed -n "s/.*\"$1\" *: *\"\([A-Za-z0-9:._-]*\)\".*/\1/p"
}
token=$(field token)
fingerprint=$(field ca_fingerprint)
if [ -z "$token" ] || [ -z "$fingerprint" ]; then
  echo 'the orchestrator gave no enrolment token' >&2
  exit 1
fi

cat >"$snippet" <<EOF
#cloud-config
hostname: $name
write_files:
  - path: /etc/secbeat/node.env
    permissions: "0600"
    content: |
      SECBEAT__ORCHESTRATOR__SERVER_URL=$ORCHESTRATOR_URL
      SECBEAT__ORCHESTRATOR__ENROLMENT_TOKEN=$token
      SECBEAT__ORCHESTRATOR__CA_FINGERPRINT=$fingerprint
EOF

qm clone "$TEMPLATE_ID" "$vm_id" --name "$name"
cloned=yes
qm set "$vm_id" --cicustom "user=$STORAGE:snippets/$name.yaml" --tags secbeat
qm start "$vm_id"
finished=yes
echo "$name is machine $vm_id"
