#!/usr/bin/env bash
# Puts AI2-THOR's player where the workers of this node look for it, so that none of them has to fetch it:
#   cluster/seed-thor-player.sh                   AI2-THOR's client fetches the one that goes with it
#   cluster/seed-thor-player.sh player.tar.gz     it is taken out of an archive; .tar and .zip are fine, too
# It is put into .ai2thor/releases in GSI_RAY_THOR_HOME, or in the home folder: as a whole, or not at all.
# Run it as the user that Ray's workers are, who write to that folder as well. It may run again at any time; what is
# there already stays. Bad input gets one sentence, and exit status 2.
set -euo pipefail

stop() {
    echo "seed-thor-player.sh: $*" >&2
    exit 2
}

# The client starts what has the name of its release, and without metadata.json it fetches all of it again.
is_whole() {
    [ -f "$1/$name" ] && [ -x "$1/$name" ] && [ -f "$1/metadata.json" ]
}

[ $# -le 1 ] || stop "give one archive, or none to have the player fetched."
archive=${1:-}
[ -z "$archive" ] || [ -f "$archive" ] || stop "there is no archive $archive."

python=/opt/gsi-ray/bin/python
[ -x $python ] || python=python3
name=$("$python" -c 'import ai2thor.build as it; print(it.build_name("CloudRendering", it.COMMIT_ID))' 2>/dev/null) ||
    stop "$python does not have AI2-THOR's client: pip install 'gsi-ray[thor]'."

folder=${GSI_RAY_THOR_HOME:-$HOME}/.ai2thor
release=$folder/releases/$name
if ! mkdir -p "$folder/releases" 2>/dev/null || [ ! -w "$folder/releases" ]; then
    stop "$folder cannot be written to: set GSI_RAY_THOR_HOME to a folder that you may write to."
fi
exec {turn}<"$folder"
flock "$turn" # two that run at once are of no use to each other

if [ -z "$archive" ] && [ ! -d "$release" ]; then
    # Looks for no GPU and no Vulkan, so that it also works where an image is built.
    reason=$("$python" -c '
import sys
from ai2thor.build import COMMIT_ID, Build
from ai2thor.platform import CloudRendering

try:
    Build(CloudRendering, COMMIT_ID, False, sys.argv[1]).download()
except Exception as error:
    print((str(error) or type(error).__name__).splitlines()[0])
    sys.exit(1)
' "$folder/releases") || stop "the client cannot fetch the player; give an archive of it. It says: $reason"
elif [ ! -d "$release" ]; then
    unpacked=$folder/seed
    trap 'rm -rf "$unpacked"' EXIT
    rm -rf "$unpacked" # of one that was killed
    mkdir "$unpacked"
    case $archive in
        *.zip) "$python" -m zipfile --extract "$archive" "$unpacked" ;;
        *) tar --extract --file "$archive" --directory "$unpacked" --no-same-owner --no-same-permissions ;;
    esac >/dev/null 2>&1 || stop "$archive is damaged, or is no archive of the kinds .tar.gz, .tar and .zip."
    player=$unpacked
    [ ! -d "$unpacked/$name" ] || player=$unpacked/$name # of the folder, and not only of what is in it
    [ ! -f "$player/$name" ] || chmod 755 "$player/$name" # a .zip may have lost that
    is_whole "$player" || stop "$archive does not have the player that goes with this client: $name, with metadata.json."
    mv -T "$player" "$release" 2>/dev/null || [ -d "$release" ] || stop "$release cannot be written."
fi

is_whole "$release" || stop "$release is there, but has no player that could run: remove it, then try again."
echo "AI2-THOR's player is in $release"
