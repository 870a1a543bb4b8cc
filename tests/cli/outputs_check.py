"""outputs_check.py REPORT ROWS COLUMNS [ROW_MM COLUMN_MM KIND] - all that `fsam segment` wrote, against its masks.

REPORT: what it said with --json. Each mask NAME.png stands beside it as NAME.pgm, made by another reader. The sizes and
the distance of pixels have to be these, areas, boxes, centroids, label maps and run lengths those of the masks, and
pictures of the size they should have.
"""
import gzip
import json
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "image"))
from coco_check import numbers


def read_pgm(path):
    """Rows of bytes, 0 or 1."""
    with open(path, "rb") as file:
        kind, columns, rows, _ = file.readline().split()
        assert kind == b"P5"
        inside = bytes([0] + [1] * 255)
        return [file.read(int(columns)).translate(inside) for _ in range(int(rows))]


def png_shape(path):
    """Columns, rows, bits of a sample."""
    with open(path, "rb") as file:
        return struct.unpack(">IIB", file.read(25)[16:])


def as_number(data):
    return int.from_bytes(data, "big")


def extent(counts):
    """First and number of the rows or columns in which there is something, and the mean of all pixels' places."""
    some = [i for i, count in enumerate(counts) if count]
    mean = sum(i * count for i, count in enumerate(counts)) / sum(counts)
    return some[0], some[-1] - some[0] + 1, mean


def check_answer(answer, mask, spacing):
    area = sum(map(sum, mask))
    assert area > 0, "an empty mask shows nothing"
    x, width, mean_x = extent([sum(column) for column in zip(*mask)])
    y, height, mean_y = extent([sum(row) for row in mask])
    assert answer["area_px"] == area, "area"
    assert answer["bbox"] == [x, y, width, height], "bbox"
    assert abs(answer["centroid"][0] - mean_x) < 1e-3 and abs(answer["centroid"][1] - mean_y) < 1e-3, "centroid"
    if spacing is None:
        assert answer["area_mm2"] is None, "area in mm2"
    else:
        assert abs(answer["area_mm2"] - area * spacing[0] * spacing[1]) <= 1e-5 * area, "area in mm2"


def check_labels(path, masks, spacing):
    data = gzip.open(path).read()
    rows, columns = len(masks[0]), len(masks[0][0])
    assert struct.unpack_from("<hh", data, 42) == (columns, rows), "label map: dim"
    row_mm, column_mm = spacing or (1, 1)
    for offset, expected in ((80, column_mm), (84, row_mm), (280, -column_mm), (300, -row_mm)):
        assert abs(struct.unpack_from("<f", data, offset)[0] - expected) < 1e-6, "label map: spacing at %d" % offset
    assert data[123] & 7 == (0 if spacing is None else 2), "label map: unit"
    labels = data[int(struct.unpack_from("<f", data, 108)[0]):]
    union = 0
    for label, mask in enumerate(masks, 1):
        whole = as_number(b"".join(mask))
        found = as_number(labels.translate(bytes(int(value == label) for value in range(256))))
        assert found & ~whole == 0, "label map: label %d outside of its mask" % label
        union |= whole
    assert as_number(labels.translate(bytes([0] + [1] * 255))) == union, "label map: a mask without a label"


def decoded(segmentation):
    rows, columns = segmentation["size"]
    flat = b"".join(bytes([index % 2]) * length for index, length in enumerate(numbers(segmentation["counts"])))
    assert len(flat) == rows * columns, "COCO: runs do not fill the mask"
    return [flat[y::rows] for y in range(rows)]


def check_coco(path, line, masks):
    with open(path) as file:
        coco = json.load(file)
    name = line["image"] if line["frames"] == 1 else "%s#%d" % (line["image"], line["frame"])
    picture, = [one for one in coco["images"] if one["file_name"] == name]
    assert [picture["height"], picture["width"]] == line["size"], "COCO: size"
    categories = {one["id"]: one["name"] for one in coco["categories"]}
    found = {categories[one["category_id"]]: decoded(one["segmentation"])
             for one in coco["annotations"] if one["image_id"] == picture["id"]}
    expected = {answer["prompt"].get("text", answer["id"]): mask for answer, mask in zip(line["answers"], masks)}
    assert found == expected, "COCO: other masks of %s than of %s" % (sorted(found), sorted(expected))


def check_pictures(line):
    rows, columns = line["size"]
    enlarged = min(8, max(1, -(-512 // max(rows, columns))))
    assert png_shape(line["files"]["overlay"])[:2] == (columns * enlarged, rows * enlarged), "overlay: size"
    for answer in line["answers"]:
        assert png_shape(answer["files"]["mask"])[:2] == (columns, rows), "mask: size"
        if "probability" in answer["files"]:
            assert png_shape(answer["files"]["probability"]) == (columns, rows, 16), "probability: size"


def check(line, size, spacing, kind):
    assert line["size"] == size, "size"
    assert line["spacing_kind"] == kind, "spacing kind"
    told = line["spacing_mm"]
    assert told == spacing or all(abs(a - b) < 1e-6 for a, b in zip(told, spacing)), "spacing"
    masks = [read_pgm(answer["files"]["mask"][:-4] + ".pgm") for answer in line["answers"]]
    assert masks and all([len(mask), len(mask[0])] == size for mask in masks), "masks"
    for answer, mask in zip(line["answers"], masks):
        check_answer(answer, mask, spacing)
    check_labels(line["files"]["labels"], masks, spacing)
    check_coco(line["files"]["coco"], line, masks)
    check_pictures(line)


def main(path, rows, columns, row_mm=None, column_mm=None, kind=None):
    spacing = None if row_mm is None else [float(row_mm), float(column_mm)]
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    for line in lines:
        try:
            check(line, [int(rows), int(columns)], spacing, kind)
        except AssertionError as error:
            sys.exit("%s, frame %d: %s" % (line["image"], line["frame"], error))
    print("%d images" % len(lines))


main(*sys.argv[1:])
