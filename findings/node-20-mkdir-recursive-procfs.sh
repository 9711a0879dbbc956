#!/usr/bin/env bash
# Node 20.20: fs.mkdir(path, { recursive: true }) never ends where the file system answers ENOENT to mkdir although the
# parent folder is there, as procfs does (/proc/x): the missing parent is made, which it is not, and the folder tried
# again, for ever, in mkdirSync with a full processor. mkdir -p of coreutils fails at once; without `recursive` Node does.
#
# Needs node and a /proc. Exits 0 while the behaviour is as described, 1 when it changed, 2 when it cannot be tried.
set -uo pipefail
[ -d /proc/self ] || { echo "no procfs here"; exit 2; }
node -v
try() { timeout 5 node -e "try { fs.mkdirSync('/proc/no-such-folder', $1) } catch (error) { console.log(error.code) }"; }
plain=$(try "{}")
plain_code=$?
try "{ recursive: true }"
recursive_code=$?
echo "without recursive: $plain (exit $plain_code); with it: exit $recursive_code (124: stopped after 5 s)"
[ "$plain_code" = 0 ] && [ "$plain" = ENOENT ] && [ "$recursive_code" = 124 ]
