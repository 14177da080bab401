"""Writes the files of this folder with NumPy 2.4:   python tests/data/make_numpy.py tests/data"""
import sys

import numpy as np

folder = sys.argv[1] + "/"
ramp = np.arange(6.0).reshape(2, 3) / 4 - 0.5
cube = np.arange(24).reshape(2, 3, 4)
arrays = {
    "f8": ramp,
    "f4": ramp.astype("f4"),
    "f8_by_columns": np.asfortranarray(ramp),
    "f4_cube_by_columns": np.asfortranarray(cube.astype("f4")),
    "f8_big_endian": ramp.astype(">f8"),
    "i2_big_endian": np.array([1, -2, 300], ">i2"),
    "i1": np.array([-128, 127], "i1"),
    "i4": np.array([[-2147483648], [2147483647]], "i4"),
    "i8": np.array([-(2**53), 2**53], "i8"),
    "u1": np.array([0, 255], "u1"),
    "u8": np.array([2**63], "u8"),
    "b1": np.array([True, False, True]),
    "nothing": np.zeros((0, 3)),
    "special": np.array([np.inf, -np.inf, np.nan, -0.0], "f4"),
    "scalar_f8": np.float64(0.1),
    "scalar_f4": np.float32(0.25),
    "scalar_i8": np.int64(-7),
    "scalar_u8": np.uint64(2**64 - 1),
    "scalar_b1": np.bool_(True),
    "größe": np.array([1.0]),
}
np.savez(folder + "numpy.npz", **arrays)
np.savez_compressed(folder + "compressed.npz", f8=ramp)
for version in (2, 3):
    with open(f"{folder}version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, ramp, version=(version, 0))
np.save(folder + "pickled.npy", np.array([[1], [1, 2]], dtype=object), allow_pickle=True)
np.save(folder + "structure.npy", np.zeros(2, [("t", "f8"), ("n", "i4")]))
np.save(folder + "complex.npy", np.array([1 + 2j]))
np.save(folder + "seven_axes.npy", np.zeros((1,) * 7))
