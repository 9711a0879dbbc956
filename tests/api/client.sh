#!/bin/sh
# A client in curl alone: uploads a picture and a voice, submits a job, waits for it, downloads the result.
# Usage: client.sh BASE_URL API_KEY PICTURE VOICE OUTPUT
set -eu
base=$1 key=$2 picture=$3 voice=$4 output=$5

call() { curl --silent --show-error --fail-with-body --header "Authorization: Bearer $key" "$@"; }
# The value of a string field of flat JSON.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

image_url=$(call --form "file=@$picture" "$base/files" | field url)
audio_url=$(call --form "file=@$voice" "$base/files" | field url)

id=$(call --header "Content-Type: application/json" \
  --data "{\"formState\":{\"image\":\"$image_url\",\"audio\":\"$audio_url\",\"resolution\":\"480p\"}}" \
  "$base/lipsync-image" | field id)

status=processing
while [ "$status" = processing ]; do
  job=$(call "$base/jobs/$id?wait=10")
  status=$(printf '%s' "$job" | field status)
done

echo "$status $id"
[ "$status" = completed ]
url=$(printf '%s' "$job" | field output)
curl --silent --show-error --fail --output "$output" "$url"
