"""coco_check.py FILE.json FOLDER - decodes every mask of a COCO file and holds it against FOLDER/IMAGE.CATEGORY.pgm.

Written from the description of the format alone: a text is a list of numbers, each in characters of 48 + 5 bits, least
first, 32 added when more follow, the top bit of the last group a sign; from the fourth number on, differences to the
number two before. The numbers are lengths of runs, outside and inside by turns, down the columns.
"""
import json
import os
import sys


def numbers(text):
    found, value, shift = [], 0, 0
    for character in text:
        group = ord(character) - 48
        value += (group % 32) << shift
        shift += 5
        if group < 32:
            if group >= 16:
                value -= 1 << shift
            found.append(value + (found[-2] if len(found) >= 3 else 0))
            value, shift = 0, 0
    return found


def rows(segmentation):
    height, width = segmentation["size"]
    flat = []
    for index, length in enumerate(numbers(segmentation["counts"])):
        flat += [index % 2] * length
    assert len(flat) == height * width, "runs do not fill the mask"
    return [[flat[x * height + y] for x in range(width)] for y in range(height)]


def read_pgm(path):
    with open(path, "rb") as file:
        kind, width, height, _ = file.readline().split()
        assert kind == b"P5"
        return [[int(value > 0) for value in file.read(int(width))] for _ in range(int(height))]


def check(annotation, folder):
    mask = rows(annotation["segmentation"])
    name = "%d.%d.pgm" % (annotation["image_id"], annotation["category_id"])
    assert mask == read_pgm(os.path.join(folder, name)), name + ": another mask"
    inside = [(x, y) for y, row in enumerate(mask) for x, value in enumerate(row) if value]
    xs, ys = [x for x, _ in inside], [y for _, y in inside]
    assert annotation["area"] == len(inside), name + ": area"
    box = [min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1]
    assert annotation["bbox"] == box, name + ": bbox"
    return name


def main(path, folder):
    with open(path) as file:
        coco = json.load(file)
    seen = {check(annotation, folder) for annotation in coco["annotations"]}
    gone = {"%d.%d.pgm" % (entry["image_id"], entry["category_id"]) for entry in coco["absent"]}
    assert not seen & gone
    masks = {name for name in os.listdir(folder) if name.endswith(".pgm")}
    assert seen | gone == masks, "not every mask is in the file"
    for name in gone:
        assert not any(map(any, read_pgm(os.path.join(folder, name)))), name + ": is not absent"
    print("%d masks decoded, %d absent" % (len(seen), len(gone)))


if __name__ == "__main__":
    main(*sys.argv[1:])
