#!/usr/bin/env bash
# Makes a bare machine ready: a virtual environment in .venv with the pinned packages, and an OpenGL library to draw with.
#   scripts/setup.sh          what `gsi-ray` needs
#   scripts/setup.sh dev      and what testing it needs
# A machine that lacks something which we may not install gets one sentence, and exit status 2.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=${1:+[$1]}

stop() {
    echo "gsi-ray: $*" >&2
    exit 2
}

# Run a command as the system's administrator, without ever asking for a password; fails where we are not allowed to.
as_administrator() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# install_system_packages WHAT "DEBIAN PACKAGES" "FEDORA PACKAGES"
install_system_packages() {
    local what=$1 debian=$2 fedora=$3
    if command -v apt-get >/dev/null; then
        echo "Installing $what: $debian"
        # shellcheck disable=SC2086  # the packages are separate words on purpose
        as_administrator apt-get update -qq 2>/dev/null &&
            as_administrator env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $debian \
                >/dev/null 2>&1 ||
            stop "$what is missing; as an administrator, run 'apt-get install $debian', then try again."
    elif command -v dnf >/dev/null; then
        echo "Installing $what: $fedora"
        # shellcheck disable=SC2086
        as_administrator dnf install -y -q $fedora >/dev/null 2>&1 ||
            stop "$what is missing; as an administrator, run 'dnf install $fedora', then try again."
    else
        stop "$what is missing; install it with your system's package manager (Debian calls it $debian), then try again."
    fi
}

# The first Python that will do; PYTHON=/path/to/python make ... names one.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    stop "Python 3.11 or newer is needed, and ${PYTHON:-python3} is not that;" \
        "install one, or name one with 'PYTHON=/path/to/python make ...'."
}

python=$(find_python)

if ! "$python" scripts/find_gl.py; then
    install_system_packages "an OpenGL library (EGL with Mesa)" \
        "libegl1 libgl1 libgl1-mesa-dri" "mesa-libEGL mesa-libGL mesa-dri-drivers"
    "$python" scripts/find_gl.py || stop "no OpenGL library works here, even with Mesa's EGL (libegl1) installed."
fi

# The tests of the gallery open its page in a real browser.
if [ -n "$extras" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
    install_system_packages "Chromium, in which the tests open pages" "chromium" "chromium"
fi

# The tests also check the shell scripts of a cluster's nodes.
if [ -n "$extras" ] && ! command -v shellcheck >/dev/null; then
    install_system_packages "ShellCheck, which the tests run on shell scripts" "shellcheck" "ShellCheck"
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("python3.%d" % sys.version_info.minor)')
    install_system_packages "the venv module of $version" "$version-venv" "$version"
fi

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv
fi

pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt)
echo "Installing the Python packages into .venv (a minute or two the first time)"
"${pip[@]}" hatchling editables
"${pip[@]}" --no-build-isolation --editable ".$extras"
