// costate.hpp — the whole library: #include "costate.hpp"
// A file that needs a part of it includes that part: "autodiff/grad.hpp" compiles in half the time.
// One header alone for a project of your own, with the .cpp files in it: make single.
#pragma once

// core: numbers, shapes, tensors, random numbers, files, errors; the kernels that operators are made of
#include "core/argmax.hpp"
#include "core/broadcast.hpp"
#include "core/combine.hpp"
#include "core/conv.hpp"
#include "core/elementary.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/gemm.hpp"
#include "core/indices.hpp"
#include "core/interpolate.hpp"
#include "core/into.hpp"
#include "core/linspace.hpp"
#include "core/map.hpp"
#include "core/nested.hpp"
#include "core/npy.hpp"
#include "core/npz.hpp"
#include "core/permute.hpp"
#include "core/random.hpp"
#include "core/real.hpp"
#include "core/reduce.hpp"
#include "core/rows.hpp"
#include "core/shape.hpp"
#include "core/smoothing_spline.hpp"
#include "core/stream.hpp"
#include "core/sum_rows.hpp"
#include "core/tensor.hpp"
#include "core/tensor_file.hpp"
#include "core/transpose.hpp"

// autodiff: tapes and their operators, derivatives, programs; what an operator of one's own is made of
#include "autodiff/check.hpp"
#include "autodiff/conv.hpp"
#include "autodiff/elementwise.hpp"
#include "autodiff/evaluation.hpp"
#include "autodiff/grad.hpp"
#include "autodiff/interp.hpp"
#include "autodiff/labels.hpp"
#include "autodiff/matmul.hpp"
#include "autodiff/operand.hpp"
#include "autodiff/operator.hpp"
#include "autodiff/parameter.hpp"
#include "autodiff/print.hpp"
#include "autodiff/program.hpp"
#include "autodiff/reductions.hpp"
#include "autodiff/shaping.hpp"
#include "autodiff/tape.hpp"
#include "autodiff/var.hpp"
#include "autodiff/workspace.hpp"

// nn: modules, layers, losses, initialisers, minibatches
#include "nn/activations.hpp"
#include "nn/batches.hpp"
#include "nn/concat_squash.hpp"
#include "nn/conv.hpp"
#include "nn/evaluate.hpp"
#include "nn/group_norm.hpp"
#include "nn/init.hpp"
#include "nn/linear.hpp"
#include "nn/losses.hpp"
#include "nn/metrics.hpp"
#include "nn/mlp.hpp"
#include "nn/module.hpp"
#include "nn/pooling.hpp"
#include "nn/recurrent.hpp"
#include "nn/resnet.hpp"
#include "nn/sequential.hpp"
#include "nn/toy_densities.hpp"

// optim: optimisers, schedules, clipping, the training loop
#include "optim/adam.hpp"
#include "optim/checkpoint.hpp"
#include "optim/clip.hpp"
#include "optim/lbfgs.hpp"
#include "optim/least_squares.hpp"
#include "optim/line_search.hpp"
#include "optim/optimizer.hpp"
#include "optim/rmsprop.hpp"
#include "optim/schedule.hpp"
#include "optim/sgd.hpp"
#include "optim/stop.hpp"
#include "optim/train.hpp"

// ode: methods, solves with and without a tape, neural ODEs as layers
// (what a call of solve looks at stands first: compilers say of each header by which others it came)
#include "ode/times.hpp"

#include "ode/start.hpp"

#include "ode/brownian.hpp"
#include "ode/collocation.hpp"
#include "ode/field.hpp"
#include "ode/flow.hpp"
#include "ode/flow_matching.hpp"
#include "ode/growing_horizon.hpp"
#include "ode/latent_ode.hpp"
#include "ode/method.hpp"
#include "ode/methods.hpp"
#include "ode/neural_ode.hpp"
#include "ode/plain.hpp"
#include "ode/routes.hpp"
#include "ode/sde.hpp"
#include "ode/sde_methods.hpp"
#include "ode/shooting.hpp"
#include "ode/solution.hpp"
#include "ode/solve.hpp"
#include "ode/solve_options.hpp"
#include "ode/statistics.hpp"
#include "ode/step_control.hpp"
#include "ode/tableau.hpp"

// Internal: what only the library's own files ask for, or what one of those above brings. make lines holds this list and
// the one above against the folders: a header stands in one of them.
//   core/bytes.hpp              core/elementary_atan.hpp   core/elementary_bits.hpp   core/elementary_erf.hpp
//   core/elementary_exp.hpp     core/elementary_log.hpp    core/elementary_pow.hpp    core/elementary_trig.hpp
//   core/nest.hpp               core/npy_array.hpp         core/reduce_layout.hpp     core/register_tile.hpp
//   core/simd.hpp               core/zip.hpp
//   autodiff/around_axis.hpp    autodiff/binary.hpp        autodiff/index_table.hpp   autodiff/passes.hpp
//   autodiff/unary_rules.hpp    autodiff/walk.hpp
//   optim/fitter.hpp            optim/levenberg.hpp        optim/qr.hpp
//   ode/clock.hpp               ode/complaint.hpp          ode/direct.hpp             ode/integrate.hpp
//   ode/named.hpp               ode/outcome.hpp            ode/plain_steps.hpp        ode/plan.hpp
//   ode/record_field.hpp        ode/recording.hpp          ode/solve_check.hpp        ode/solve_op.hpp
//   ode/stages.hpp
