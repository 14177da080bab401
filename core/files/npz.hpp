// core/files/npz.hpp — named tensors in a file of NumPy's, as people exchange weights
//   save_npz("weights.npz", {{"W", W}, {"b", b}});         numpy.load("weights.npz")["W"]
//   TensorFile file = load_npz("weights.npz");             numpy.savez("weights.npz", W=W, b=b)
//   file.tensor("W")
//   model.save("model.npz");   model.load("model.npz");    any save and load: core/files/tensor_file.hpp
// PyTorch    names what stands in a Sequential "0.weight"; nn::Sequential, "layer0.weight". What it saves so, loads here:
//   numpy.savez(path, **{"layer" + k: v.numpy() for k, v in model.state_dict().items()})
// The other way, w = numpy.load(path), and then
//   model.load_state_dict({k[5:]: torch.from_numpy(w[k]) for k in w})
// nn::MLP numbers its linear layers only: the second is 2 in a Sequential(Linear, Tanh, Linear), layer1 here.
// A zip archive without compression (core/files/zip.hpp) whose entry "W.npy" is the array W (core/files/npy.hpp). What is
// an integer or a number in a TensorFile is an array of rank 0 of type u8 or f8 there, and is read as one.
// mixing   A file with doubles in a float build: each entry is rounded, and rounded() says so.
#pragma once
#include "core/files/npy.hpp"          // brings: save_npy, load_npy
#include "core/files/tensor_file.hpp"  // brings: TensorFile

namespace costate::inline COSTATE_PRECISION {

struct NamedView {
    std::string name;
    View tensor;
};

void save_npz(const std::string& path, std::initializer_list<NamedView> tensors, Where at = {});
TensorFile load_npz(const std::string& path, Where at = {});

// The same on memory.
std::vector<std::uint8_t> serialize_npz(const TensorFile& file, Where at = {});
TensorFile parse_npz(std::span<const std::uint8_t> bytes, const std::string& origin = "memory", Where at = {});

}  // namespace costate
