"""Builds rig.bin: expression deltas on the 468-vertex face, and the inside of the mouth.

Inputs: ICT-FaceKit Light (MIT) as an npz, and the canonical face geometry that `npm run models` writes
to models/built/face-geometry.bin. Run: python build.py ICT.npz ../built/face-geometry.bin
The steps and their numbers are explained in README.md.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

HERE = Path(__file__).parent

# Landmarks of the usual 68-point scheme on the 468-vertex face and on ICT-FaceKit (same order).
FACE_68 = [127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356, 70, 63, 105, 66,
           107, 336, 296, 334, 293, 300, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385,
           387, 263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87]
ICT_68 = [1278, 1272, 12, 1834, 243, 781, 2199, 1447, 966, 3661, 4390, 3022, 2484, 4036, 2253, 3490, 3496, 268, 493,
          1914, 2044, 1401, 3615, 4240, 4114, 2734, 2509, 978, 4527, 4942, 4857, 1140, 2075, 1147, 4269, 3360, 1507,
          1542, 1537, 1528, 1518, 1511, 3742, 3751, 3756, 3721, 3725, 3732, 5708, 5695, 2081, 0, 4275, 6200, 6213,
          6346, 6461, 5518, 5957, 5841, 5702, 5711, 5533, 6216, 6207, 6470, 5517, 5966]
ICT_FACE_VERTICES = 9409
ICT_UPPER_TEETH = (17039, 19247)
ICT_LOWER_TEETH = (19247, 21451)

OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
        150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
EYES = [33, 246, 161, 160, 159, 158, 157, 173, 133, 7, 163, 144, 145, 153, 154, 155,
        263, 466, 388, 387, 386, 385, 384, 398, 362, 249, 390, 373, 374, 380, 381, 382]
LIP_CORNERS = {61, 291, 78, 308, 62, 292, 76, 306}
# Each lip ring from corner to corner, from the skin to the opening: upper, lower, four times.
LIP_RINGS = [
    [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291], [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
    [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306], [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
    [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292], [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
    [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308], [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
]
UPPER_LIP = {v for ring in LIP_RINGS[0::2] for v in ring} - LIP_CORNERS
LOWER_LIP = {v for ring in LIP_RINGS[1::2] for v in ring} - LIP_CORNERS

# Control name: ICT expressions that are added up, and whether the two sides are made equal.
CONTROLS = {
    "jaw": (["jawOpen"], True),
    "pucker": (["mouthPucker"], True),
    "funnel": (["mouthFunnel"], True),
    "stretch": (["mouthStretch_L", "mouthStretch_R"], True),
    "smile": (["mouthSmile_L", "mouthSmile_R"], True),
    "frown": (["mouthFrown_L", "mouthFrown_R"], True),
    "upper": (["mouthUpperUp_L", "mouthUpperUp_R"], True),
    "lower": (["mouthLowerDown_L", "mouthLowerDown_R"], True),
    "press": (["mouthPress_L", "mouthPress_R"], True),
    "rollUpper": (["mouthRollUpper"], True),
    "rollLower": (["mouthRollLower"], True),
    "shrugLower": (["mouthShrugLower"], True),
    "shrugUpper": (["mouthShrugUpper"], True),
    "dimple": (["mouthDimple_L", "mouthDimple_R"], True),
    "puff": (["cheekPuff_L", "cheekPuff_R"], True),
    "cheek": (["cheekRaiser_L", "cheekRaiser_R"], True),
    "squint": (["eyeSquint_L", "eyeSquint_R"], True),
    "sneer": (["noseSneer_L", "noseSneer_R"], True),
    "blinkRight": (["eyeBlink_R"], False),
    "blinkLeft": (["eyeBlink_L"], False),
    "browUp": (["browInnerUp_L", "browInnerUp_R", "browOuterUp_L", "browOuterUp_R"], True),
    "browDown": (["browDown_L", "browDown_R"], True),
    "jawForward": (["jawForward"], True),
}


def read_geometry(path):
    """Vertices [468, 3] (cm, y up, z to the viewer) and triangles [898, 3]."""
    data = Path(path).read_bytes()
    _, n, count, stable = np.frombuffer(data, "<u4", 4)
    vertices = np.frombuffer(data, "<f4", n * 3, 16).reshape(n, 3).astype(float)
    triangles = np.frombuffer(data, "<u2", count * 3, 16 + 4 * (n * 5 + stable)).reshape(count, 3).astype(int)
    return vertices, triangles


def similarity(source, target):
    """Scale, rotation and shift that map source onto target (Umeyama 1991)."""
    ms, mt = source.mean(0), target.mean(0)
    a, b = source - ms, target - mt
    u, s, vt = np.linalg.svd(b.T @ a)
    d = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ d @ vt
    scale = (s * np.diag(d)).sum() / (a**2).sum()
    return scale, rotation, mt - scale * rotation @ ms


def transfer(ict, canonical, triangles):
    """Deltas [controls, 468, 3] in cm, and ICT's vertices moved into the canonical frame."""
    neutral = ict["neutral"].astype(float)
    expression = ict["expression"].astype(float)
    names = [str(n) for n in ict["expression_names"]]
    inner = range(17, 68)
    scale, rotation, shift = similarity(neutral[[ICT_68[i] for i in inner]], canonical[[FACE_68[i] for i in inner]])
    aligned = scale * neutral @ rotation.T + shift
    bend = RBFInterpolator(aligned[ICT_68], canonical[FACE_68] - aligned[ICT_68], kernel="linear", smoothing=0.02)
    face = aligned[:ICT_FACE_VERTICES] + bend(aligned[:ICT_FACE_VERTICES])
    jaw_motion = np.linalg.norm(expression[names.index("jawOpen")][:ICT_FACE_VERTICES], axis=1)
    below = np.where(jaw_motion > 0.30 * jaw_motion.max())[0]
    above = np.where(jaw_motion < 0.22 * jaw_motion.max())[0]
    trees = {"all": (cKDTree(face), np.arange(ICT_FACE_VERTICES)),
             "below": (cKDTree(face[below]), below), "above": (cKDTree(face[above]), above)}
    weights, indices = np.zeros((468, 4)), np.zeros((468, 4), int)
    for v in range(468):
        tree, index = trees["below" if v in LOWER_LIP else "above" if v in UPPER_LIP else "all"]
        distance, nearest = tree.query(canonical[v], 4)
        w = 1 / (distance + 0.05) ** 2
        weights[v], indices[v] = w / w.sum(), index[nearest]
    mirror = cKDTree(canonical).query(canonical * [-1, 1, 1])[1]
    deltas = []
    for parts, symmetric in CONTROLS.values():
        moved = sum(expression[names.index(p)] for p in parts)[:ICT_FACE_VERTICES]
        delta = scale * np.einsum("vk,vkc->vc", weights, moved[indices]) @ rotation.T
        if symmetric:
            delta = 0.5 * (delta + delta[mirror] * [-1, 1, 1])
        deltas.append(smooth(delta, triangles))
    jaw_delta = scale * expression[names.index("jawOpen")] @ rotation.T
    inside = aligned + bend(aligned[[5533, 5517]]).mean(0)
    return np.array(deltas), inside, jaw_delta


def smooth(delta, triangles):
    """Three Laplacian passes away from lips and eyes, four along the oval, three along each lip ring."""
    edges = np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.vstack([edges, edges[:, ::-1]])
    adjacency = (coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(468, 468)) > 0).astype(float)
    adjacency = adjacency.tocsr()
    degree = np.asarray(adjacency.sum(1))
    fixed = np.zeros(468, bool)
    fixed[EYES + [v for ring in LIP_RINGS for v in ring] + OVAL] = True
    for _ in range(3):
        mean = (adjacency @ delta) / degree
        delta[~fixed] = 0.5 * delta[~fixed] + 0.5 * mean[~fixed]
    for _ in range(4):
        rim = delta[OVAL]
        delta[OVAL] = 0.5 * rim + 0.25 * np.roll(rim, 1, 0) + 0.25 * np.roll(rim, -1, 0)
    for _ in range(3):
        for ring in LIP_RINGS:
            line = delta[ring]
            delta[ring[1:-1]] = 0.5 * line[1:-1] + 0.25 * (line[:-2] + line[2:])
    return delta


def interior(ict, inside, jaw_delta):
    """Parts of the mouth as (positions, triangles): teeth and gums of both jaws, and the tongue."""
    names = [str(n) for n in ict["material_names"]]

    def triangles_of(material):
        """Triangles [n, 3, 2] of (vertex, texture coordinate)."""
        q = ict["quads"][ict["material"] == names.index(material)]
        return np.concatenate([q[:, [0, 1, 2]], q[q[:, 3, 0] >= 0][:, [0, 2, 3]]])

    teeth, gums = triangles_of("M_Teeth")[:, :, 0], triangles_of("M_GumsTongue")
    # Palate, gums and tongue are one surface; the charts of its texture tell them apart.
    edges = np.vstack([gums[:, [0, 1], 1], gums[:, [1, 2], 1]])
    n = len(ict["uv"])
    label = connected_components(coo_matrix((np.ones(len(edges)), edges.T), shape=(n, n)), False)[1][gums[:, 0, 1]]
    gums = gums[:, :, 0]
    groups = {}
    for c in np.unique(label):
        part = gums[label == c]
        used = np.unique(part)
        box = inside[used].min(0), inside[used].max(0)
        if len(used) in (451, 301):
            groups.setdefault("tongue", []).append(part)
        elif box[0][2] > -1.3 and len(used) > 100:
            centre = inside[used, 1].mean()
            groups.setdefault("upperGum" if centre > -3.9 else "lowerGum", []).append(part)
    in_range = lambda r: teeth[(teeth[:, 0] >= r[0]) & (teeth[:, 0] < r[1])]
    groups["upperTeeth"] = [in_range(ICT_UPPER_TEETH)]
    groups["lowerTeeth"] = [in_range(ICT_LOWER_TEETH)]
    parts = {}
    for name in ("upperTeeth", "upperGum", "lowerTeeth", "lowerGum", "tongue"):
        tri = np.concatenate(groups[name])
        a, b, c = (inside[tri[:, i]] for i in range(3))
        facing = np.cross(b - a, c - a)
        facing /= np.linalg.norm(facing, axis=1, keepdims=True) + 1e-12
        depth = (a + b + c)[:, 2] / 3
        if name != "tongue":
            tri = tri[(facing[:, 2] > -0.35) & (depth > 0.3)]
        else:
            tri = tri[(facing[:, 2] > -0.2) | (facing[:, 1] > 0)]
        used, flat = np.unique(tri, return_inverse=True)
        parts[name] = (inside[used], jaw_delta[used], flat.reshape(-1, 3))
    return parts


def main(ict_path, geometry_path):
    ict = np.load(ict_path)
    canonical, triangles = read_geometry(geometry_path)
    deltas, inside, jaw_delta = transfer(ict, canonical, triangles)
    sections, body = {}, bytearray()

    def add(name, array, kind, scale=None):
        data = np.asarray(array)
        if scale:
            data = np.round(data / scale)
            assert np.abs(data).max() < 32768, name
        while len(body) % 4:
            body.append(0)
        data = np.ascontiguousarray(data.astype({"i16": "<i2", "u16": "<u2"}[kind]))
        sections[name] = {"type": kind, "offset": len(body), "count": data.size, **({"scale": scale} if scale else {})}
        body.extend(data.tobytes())

    add("deltas", deltas, "i16", float(np.abs(deltas).max() / 32000))
    for name, (positions, jaw, tri) in interior(ict, inside, jaw_delta).items():
        add(f"{name}.positions", positions, "i16", 0.0003)
        add(f"{name}.triangles", tri, "u16")
        if name in ("tongue", "lowerTeeth"):
            add(f"{name}.jaw", jaw, "i16", 0.0003)
    header = json.dumps({"version": 1, "controls": list(CONTROLS), "sections": sections}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 4)
    blob = b"DRIG" + struct.pack("<I", len(header)) + header + bytes(body)
    (HERE / "rig.bin").write_bytes(blob)
    manifest = {
        "name": "rig",
        "file": "rig.bin",
        "bytes": len(blob),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "licence": "MIT",
        "source": {
            "name": "ICT-FaceKit Light",
            "copyright": "2020 USC Institute for Creative Technologies",
            "licence": "MIT",
            "sha256": hashlib.sha256(Path(ict_path).read_bytes()).hexdigest(),
        },
        "layout": "magic DRIG, u32 header length, JSON header, sections at 4-byte offsets (little endian); "
        "deltas [controls, 468, 3] and positions in cm of the canonical face (y up, z to the viewer) times scale",
        "controls": list(CONTROLS),
        "parts": {k: {"vertices": sections[f"{k}.positions"]["count"] // 3, "triangles": sections[f"{k}.triangles"]["count"] // 3}
                  for k in ("upperTeeth", "upperGum", "lowerTeeth", "lowerGum", "tongue")},
    }
    (HERE / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(json.dumps(manifest["parts"]), len(blob), "bytes")


main(*sys.argv[1:])
