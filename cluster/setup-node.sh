#!/usr/bin/env bash
# Makes a machine, or a container image, a node of a Ray cluster: the system's packages, and in /opt/gsi-ray a virtual
# environment with gsi_ray and Ray. The nodes of one pool are set up alike:
#   cluster/setup-node.sh simulation    physics, and pictures drawn by the processor (Mesa)
#   cluster/setup-node.sh rendering     physics, and pictures drawn by an NVIDIA GPU
#   cluster/setup-node.sh ai2thor       scenes of AI2-THOR, drawn by an NVIDIA GPU (Vulkan)
#   cluster/setup-node.sh judging       vision-language models (vLLM)
#   cluster/setup-node.sh training      BAGEL
# Words after that are more Python packages: `cluster/setup-node.sh simulation boto3`.
# It may run again at any time; what is there already stays. A machine that cannot do its part gets one sentence, and
# exit status 2.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=/opt/gsi-ray

stop() {
    echo "setup-node.sh: $*" >&2
    exit 2
}

as_administrator() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_system_packages() {
    # A machine that has just started may be updating itself: wait for it.
    as_administrator apt-get -o DPkg::Lock::Timeout=600 update -qq
    as_administrator env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "$@"
}

pool=${1:-none}
more_python_packages=("${@:2}")
constraints=$(mktemp)
trap 'rm -f "$constraints"' EXIT
cp constraints.txt "$constraints"

system_packages=(ca-certificates)
case $pool in
    simulation)
        extras=""
        system_packages+=(libegl1 libgl1 libgl1-mesa-dri)
        ;;
    rendering)
        extras=""
        system_packages+=(libegl1 libgl1)
        ;;
    ai2thor)
        extras="[thor]"
        system_packages+=(libegl1 libgl1 libglib2.0-0 libvulkan1 vulkan-tools)
        ;;
    judging)
        extras="[vllm]"
        system_packages+=(gcc libc6-dev) # Triton compiles its kernels when they are first used
        # vLLM, here the one that is tested, asks for versions of its own.
        sed -i -E '/^(numpy|torch|transformers)==/d' "$constraints"
        echo 'vllm==0.32.0' >>"$constraints"
        ;;
    training)
        extras="[train]"
        system_packages+=(gcc libc6-dev)
        ;;
    *) stop "name the pool that this node is for: simulation, rendering, ai2thor, judging or training." ;;
esac

command -v apt-get >/dev/null || stop "this needs Debian 12, Ubuntu 24.04, or a newer one of them."
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    system_packages+=(python3-venv python3-dev)
fi
install_system_packages "${system_packages[@]}"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "Python 3.11 or newer is needed, and this is $(python3 --version); use Debian 12, Ubuntu 24.04, or a newer one."

if [ ! -x $environment/bin/pip ]; then
    as_administrator install -d -o "$(id -u)" -g "$(id -g)" $environment
    python3 -m venv $environment
fi
$environment/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --constraint "$constraints" \
    ".$extras" ${more_python_packages[@]+"${more_python_packages[@]}"}

# Only NVIDIA's EGL may draw on a node that is paid for its GPU; Mesa's would, slowly, and nobody would notice.
nvidia_egl=/usr/share/glvnd/egl_vendor.d/10_nvidia.json
if [ "$pool" = rendering ] && ! grep -q __EGL_VENDOR $environment/bin/activate; then
    echo "export __EGL_VENDOR_LIBRARY_FILENAMES=$nvidia_egl" >>$environment/bin/activate
fi
# A container image is built where there is no GPU; on a machine with a driver we can tell at once.
if [ "$pool" = rendering ] && [ -e /proc/driver/nvidia/version ] && [ ! -e $nvidia_egl ]; then
    stop "NVIDIA's driver is here without its OpenGL part ($nvidia_egl); install libnvidia-gl-<version of the driver>," \
        "or choose a machine image that has it."
fi
