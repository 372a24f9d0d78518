#!/bin/sh
# Installs Hỏi Văn Bản from this folder, with no network: sh install.sh [--to DIR] [--python PYTHON]
# Checks every file first, then installs, indexes the documents and runs the self-test.
set -eu
umask 022

to=/opt/hoi-van-ban/current
python=
while [ $# -gt 0 ]; do
  case "$1" in
    --to) [ $# -ge 2 ] || { echo "install.sh: sau --to phải có tên thư mục." >&2; exit 2; }; to=$2; shift 2 ;;
    --python) [ $# -ge 2 ] || { echo "install.sh: sau --python phải có tên chương trình." >&2; exit 2; }; python=$2; shift 2 ;;
    *) echo "Cách dùng: sh install.sh [--to THƯ_MỤC] [--python PYTHON]" >&2; exit 2 ;;
  esac
done
case "$to" in /*) ;; *) to=$PWD/$to ;; esac
cd "$(dirname "$0")"

echo "Kiểm tra từng tệp của gói cài đặt…"
if ! sha256sum --check --quiet --strict SHA256SUMS; then
  echo "install.sh: gói cài đặt không còn nguyên vẹn (các tệp nêu trên)." >&2
  echo "  Chép lại cả thư mục từ nguồn rồi chạy lại. Chưa có gì được cài đặt." >&2
  exit 1
fi
# a file that no checksum names could be installed with the others
if [ "$(find . -type f | wc -l)" -ne "$(($(wc -l <SHA256SUMS) + 1))" ] || [ -n "$(find . -type l)" ]; then
  echo "install.sh: trong gói cài đặt có tệp lạ, không nằm trong SHA256SUMS." >&2
  echo "  Chép lại cả thư mục từ nguồn rồi chạy lại. Chưa có gì được cài đặt." >&2
  exit 1
fi
echo "Mã của danh sách (so với mã mà nơi lập gói đã báo): $(sha256sum SHA256SUMS | cut -d ' ' -f 1)"

wanted=$(cat TARGET)
here='import platform, sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}", platform.system(), platform.machine())'
for candidate in ${python:-"python${wanted%% *}" python3}; do
  if [ "$("$candidate" -c "$here" 2>/dev/null)" = "$wanted" ]; then found=$candidate; break; fi
done
if [ -z "${found:-}" ]; then
  echo "install.sh: gói này dành cho Python $wanted, máy này không có." >&2
  echo "  Cài Python đó, chỉ ra nó bằng --python, hoặc lập gói trên một máy giống máy này." >&2
  exit 1
fi
if [ -e "$to" ]; then
  echo "install.sh: $to đã có." >&2
  echo "  Cài bản mới vào thư mục khác bằng --to; bản đang chạy giữ nguyên." >&2
  exit 1
fi

echo "Cài đặt vào $to…"
installed=
# half an installation would be in the way of the next try
trap '[ -n "$installed" ] || rm -rf "$to"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$to"
cp -R app "$to/app"
chmod -R a+rX "$to/app" # whatever the rights of whoever made the bundle: the service's user reads it
"$found" -m venv "$to/.venv" || { echo "install.sh: $found không tạo được môi trường (Debian, Ubuntu: gói python3-venv)." >&2; exit 1; }
# pip's own settings could add other places
PIP_CONFIG_FILE=/dev/null "$to/.venv/bin/python" -m pip --isolated install --quiet --disable-pip-version-check --no-cache-dir \
  --no-index --find-links wheels --require-hashes --requirement app/requirements.lock

cd "$to/app"
../.venv/bin/python -m compileall -q indexer assistant eval deploy
echo "Lập chỉ mục các văn bản…"
../.venv/bin/python -m indexer build --corpus corpus --index .index
installed=yes
if ! ../.venv/bin/python -m assistant selftest --index .index; then
  echo "install.sh: đã cài đặt vào $to, nhưng tự kiểm tra không đạt (các dòng nêu trên)." >&2
  echo "  Chưa nên mở máy chủ; sửa rồi chạy lại: cd $to/app && ../.venv/bin/python -m assistant selftest" >&2
  exit 1
fi
echo "Đã cài đặt xong vào $to. Chạy thử: cd $to/app && ../.venv/bin/python -m assistant serve"
