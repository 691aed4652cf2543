#!/bin/sh
# Briefs of a French article with curl and jq:  sh curl.sh article.txt
#
#   BREVE_URL  where the server is (http://127.0.0.1:8000)
#   BREVE_KEY  the API key, where the server asks for one
#
# curl asks again after the Retry-After of a 429 or 503. A problem is printed as the server tells it,
# and the exit code is then 22.
set -eu

url=${BREVE_URL:-http://127.0.0.1:8000}
article=${1:?usage: sh curl.sh article.txt}

reply=$(mktemp)
trap 'rm -f "$reply"' EXIT

# Without `pipefail`, which sh lacks, the request is made first, so that a missing file ends the script.
request=$(jq --null-input --rawfile text "$article" '{text: $text, languages: ["fr", "en"], length: "medium"}')

set -- --silent --show-error --fail-with-body --retry 5 --max-time 90 --header 'Content-Type: application/json'
if [ -n "${BREVE_KEY:-}" ]; then
  set -- "$@" --header "Authorization: Bearer $BREVE_KEY"
fi
if ! printf '%s' "$request" | curl "$@" --output "$reply" --data-binary @- "$url/v1/briefs"; then
  cat "$reply" >&2
  exit 22
fi
jq --raw-output '.briefs[] | "[\(.language)] \(.text)"' "$reply"
