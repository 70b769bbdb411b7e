"""What a scanner reads from a page of a PDF: its codes, by another program than the one that drew them."""

import pypdfium2
import zxingcpp


def codes_on_page(pdf: bytes, page: int = 0) -> list[str]:
    """Give the texts of the QR codes on a page, as they are read from its picture."""
    with pypdfium2.PdfDocument(pdf) as opened:
        shown = opened[page].render(scale=4, grayscale=True)
        octets, wide, high, stride = bytes(shown.buffer), shown.width, shown.height, shown.stride
        shown.close()
    rows = b"".join(octets[at * stride : at * stride + wide] for at in range(high))
    picture = memoryview(rows).cast("B", (high, wide))
    return [code.text for code in zxingcpp.read_barcodes(picture) if code.format == zxingcpp.BarcodeFormat.QRCode]
