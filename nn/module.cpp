#include "nn/module.hpp"

#include <algorithm>
#include <utility>

namespace costate::nn::inline COSTATE_PRECISION {

Parameter Module::add(std::string name, Parameter parameter, Where at) {
    const auto same_name = std::find(names_.begin(), names_.end(), name);
    if (name.empty() || same_name != names_.end())
        fail(at, {.what = "Module: a parameter's name is empty or taken",
                  .got = text("\"", name, "\" ", parameter.shape()),
                  .expected = "one name for each parameter",
                  .fix = "name each layer; one that is used twice is added once and called twice"});
    const auto same = std::find(parameters_.begin(), parameters_.end(), parameter);
    if (same != parameters_.end())
        fail(at, {.what = "Module: a parameter is added twice",
                  .got = text("\"", name, "\", which is here as \"", names_[same - parameters_.begin()], "\""),
                  .expected = "each parameter once, or an optimiser would move it twice",
                  .fix = "a layer used in two places: add it once and call it twice, in a module of your own"});
    names_.push_back(std::move(name));
    parameters_.push_back(parameter);
    return parameter;
}

void Module::add_all(const std::string& name, const Module& child, Where at) {
    for (std::size_t i = 0; i < child.names_.size(); ++i) add(name + "." + child.names_[i], child.parameters_[i], at);
}

const Parameter& Module::parameter(std::string_view name, Where at) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) {
        std::string list;
        for (const std::string& n : names_) list.append(list.empty() ? "" : ", ").append(n);
        fail(at, {.what = "Module: there is no parameter of that name",
                  .got = text("\"", name, "\""),
                  .expected = text("one of ", list)});
    }
    return parameters_[found - names_.begin()];
}

Index Module::count() const {
    Index n = 0;
    for (const Parameter& p : parameters_) n += p.size();
    return n;
}

void Module::write(TensorFile& file, const std::string& prefix, Where at) const {
    for (std::size_t i = 0; i < names_.size(); ++i) file.add(prefix + names_[i], parameters_[i].value(), at);
}

void Module::read(const TensorFile& file, const std::string& prefix, Where at) {
    for (std::size_t i = 0; i < names_.size(); ++i)
        tensor_of_shape(file, prefix + names_[i], parameters_[i].shape(), at);
    for (const TensorFile::Item& item : file.items())
        if (item.name.starts_with(prefix) &&
            std::find(names_.begin(), names_.end(), item.name.substr(prefix.size())) == names_.end())
            fail(at, {.what = "Module: the file holds a name that the model has not",
                      .got = text("\"", item.name, "\""),
                      .expected = text(names_.size(), " parameters", (prefix.empty() ? "" : " under " + prefix)),
                      .likely = "the file was written by a model of another make",
                      .fix = "build the model with the widths and options with which it was saved"});
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const Tensor& source = file.tensor(prefix + names_[i], at);
        parameters_[i].edit().assign(source.entries());
    }
}

void Module::save(const std::string& path, Where at) const {
    TensorFile file;
    write(file, "", at);
    costate::save(path, file, at);
}

void Module::load(const std::string& path, Where at) { read(costate::load(path, at), "", at); }

void Module::assign(const Module& other, Where at) {
    const auto has = [](const Module& m, const std::string& name) {
        return std::find(m.names_.begin(), m.names_.end(), name) != m.names_.end();
    };
    const auto refuse = [&](const std::string& name, const std::string& here, const std::string& there) {
        fail(at, {.what = "assign: the models are not of the same make",
                  .got = text("\"", name, "\": ", there, " in the model that is given"),
                  .expected = text(here, ", as in the one that is assigned to; nothing was changed"),
                  .fix = "build both with the same widths and options"});
    };
    for (const std::string& name : names_) {
        const Parameter& mine = parameter(name, at);
        if (!has(other, name)) refuse(name, to_text(mine.shape()), "no such parameter");
        if (const Shape& its = other.parameter(name, at).shape(); its != mine.shape())
            refuse(name, to_text(mine.shape()), to_text(its));
    }
    for (const std::string& name : other.names_)
        if (!has(*this, name)) refuse(name, "no such parameter", to_text(other.parameter(name, at).shape()));
    TensorFile file;
    other.write(file, "", at);
    read(file, "", at);
}

}  // namespace costate::nn
