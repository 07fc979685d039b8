#pragma once

#include "inference/messages.h"

#include <string>
#include <vector>

namespace inglenook {

struct MatrixWish {
    LoadRequest model; // its device is one of `devices` in turn
    std::vector<std::string> devices;
    std::vector<std::string> kvTypes = {"f16"}; // of the cache, on each device
    std::vector<int> rows; // of decoding steps
    std::vector<int> contexts; // tokens before them; a little less where the model ends there
    int prompt = 512; // tokens of a step that reads
    int passes = 5;
    double limit = 20.; // seconds of a step; one that would take longer is left out
};

/// Steps of one kind on one device.
struct MatrixCell {
    int context = 0;
    int rows = 0;
    std::vector<double> seconds; // of one step, in each pass
    std::vector<double> shares; // of the read bandwidth, in each pass; none where not measured

    [[nodiscard]] double tokensPerSecond() const;
};

/// A model on one device with one type of cache.
struct MatrixColumn {
    std::string device; // as asked for
    std::string name; // as it calls itself
    std::string cacheType;
    double readBandwidth = 0.; // bytes/s, the median
    std::vector<MatrixCell> cells; // by context, then by rows

    [[nodiscard]] const MatrixCell* cell(int context, int rows) const;
    /// What a step costs against one row at the same context: the median of the passes, since a
    /// shared machine is slower in some of them. 0 without a step of one row.
    [[nodiscard]] double cost(const MatrixCell& cell) const;
};

struct Matrix {
    std::string model;
    uint64_t bytesPerToken = 0; // of weights
    int prompt = 0;
    std::vector<MatrixColumn> columns;
    std::vector<std::string> leftOut; // what was asked for and not measured, with the reason

    [[nodiscard]] std::vector<int> contexts() const; // that any column has, ascending
    [[nodiscard]] std::vector<int> rows() const;
};

/// Loads the model on every device and measures all in turn, pass by pass, so that what else the
/// machine does meets all alike. Throws std::runtime_error if none can be used.
[[nodiscard]] Matrix measureMatrix(const MatrixWish& wish);

// What is made of it
[[nodiscard]] std::string tableOf(const Matrix& matrix);
[[nodiscard]] std::string csvOf(const Matrix& matrix);
[[nodiscard]] std::string jsonOf(const Matrix& matrix);
/// An SVG: tokens per second and the cost of a step, over the rows of a step.
[[nodiscard]] std::string pictureOf(const Matrix& matrix);

} // namespace inglenook
