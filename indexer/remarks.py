"""What is told to officials of a document that was read: remarks that more than one module makes or knows."""

PRINTED_TWICE = "số này được in lại ở đây; cả hai được giữ riêng"
LEFT_OUT = "số đứng trước là {last}; các số ở giữa không được in trong văn bản"
NO_ROWS = "tiêu đề bảng không có dòng nào bên dưới"
LONG_ROWS = "bảng có dòng quá dài, ranh giới các ô có thể chưa đúng; đề nghị đối chiếu bản gốc"
BAD_SCAN = "bản quét hỏng dấu: dùng bản đọc đã sửa để tìm và hiển thị, trích dẫn vẫn theo nguyên văn"
BAD_SCAN_LEFT = "bản quét hỏng dấu, chưa sửa được: tìm và hiển thị theo nguyên văn"
STAMP = "dấu thời gian của chữ ký số, không phải nội dung văn bản"
