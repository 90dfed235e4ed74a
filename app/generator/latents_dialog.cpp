#include "app/generator/latents_dialog.h"

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

#include "app/document.h"
#include "app/generator/generator_stage.h"
#include "widgets/dialog_buttons.h"

namespace unitscope {
namespace {

constexpr int kMostNames = 5000;

QString text(const std::string& name) {
  return QString::fromStdString(name);
}

/// Graph inputs first: they are what is looked for most.
QStringList valueNames(const Document& document) {
  QStringList names;
  if (!document.hasModel()) return names;
  const Graph& graph = document.model()->graph();
  for (const ValueId id : graph.inputs()) names << text(graph.value(id).name);
  for (const Node& node : graph.nodes()) {
    for (const ValueId id : node.outputs)
      if (id != kNoValue && !graph.value(id).name.empty()) names << text(graph.value(id).name);
    if (names.size() > kMostNames) break;
  }
  return names;
}

}  // namespace

LatentsDialog::LatentsDialog(const GeneratorStage& stage, const Document& document, QWidget* parent) : QDialog(parent) {
  setWindowTitle(tr("Where the latents are"));
  auto* column = new QVBoxLayout(this);
  auto* about =
      new QLabel(tr("The network's graph tells which of its values are which. Where it does not, or is wrong, "
                    "name them here; empty means: find out."));
  about->setWordWrap(true);
  column->addWidget(about);
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  const QStringList names = valueNames(document);
  const GeneratorPlan plan = stage.generator() ? stage.generator()->plan() : GeneratorPlan();
  const auto add = [&](const QString& title, const std::string& hint, const std::string& found, const QString& help) {
    auto* box = new QComboBox;
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(28);
    box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    box->setMaxVisibleItems(24);
    box->addItems(names);
    box->setCurrentText(text(hint));
    box->completer()->setFilterMode(Qt::MatchContains);
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    box->lineEdit()->setClearButtonEnabled(true);
    box->lineEdit()->setPlaceholderText(found.empty() ? tr("none found") : tr("found: %1").arg(text(found)));
    box->setAccessibleName(title);
    box->setToolTip(help);
    form->addRow(title, box);
    return box;
  };
  const LatentHints& hints = stage.hints();
  z_ = add(tr("Latent z"), hints.z, plan.z, tr("The input that random numbers go into"));
  classes_ = add(tr("Class"), hints.classes, plan.classes, tr("The input that says what the picture shall show"));
  truncation_ = add(tr("Truncation"), hints.truncation, plan.truncation,
                    tr("The number that draws styles to their mean, or chooses statistics"));
  styles_ =
      add(tr("Styles w, w+"), hints.styles, plan.styles, tr("What the mapping makes of z, before the layers take it"));
  image_ = add(tr("Picture"), hints.image, plan.image, tr("The value that is the picture"));
  column->addLayout(form);
  if (stage.generator()) {
    QStringList facts{tr("Picture %1 \u00d7 %2").arg(plan.imageShape[1]).arg(plan.imageShape[2]),
                      tr("z of %1 numbers").arg(plan.zSize())};
    if (plan.hasStyles()) facts << tr("%1 styles of %2").arg(plan.styleCount).arg(plan.styleSize);
    if (plan.classCount > 0) facts << tr("%1 classes").arg(plan.classCount);
    facts << (plan.noises.empty() ? tr("no noise") : tr("%1 noise maps").arg(plan.noises.size()));
    auto* found = new QLabel(facts.join(QStringLiteral(" \u00b7 ")));
    found->setForegroundRole(QPalette::PlaceholderText);
    found->setWordWrap(true);
    column->addWidget(found);
  }
  QDialogButtonBox* buttons = makeDialogButtons(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  column->addWidget(buttons);
  resize(520, sizeHint().height());
}

LatentHints LatentsDialog::hints() const {
  const auto read = [](const QComboBox* box) { return box->currentText().trimmed().toStdString(); };
  LatentHints hints;
  hints.z = read(z_);
  hints.classes = read(classes_);
  hints.truncation = read(truncation_);
  hints.styles = read(styles_);
  hints.image = read(image_);
  return hints;
}

void openLatentsDialog(GeneratorStage& stage, const Document& document, QWidget* parent) {
  auto* dialog = new LatentsDialog(stage, document, parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  QObject::connect(dialog, &QDialog::accepted, &stage, [&stage, dialog] { stage.setHints(dialog->hints()); });
  dialog->open();
}

QJsonObject hintsToJson(const LatentHints& hints) {
  QJsonObject json;
  const auto put = [&](const char* key, const std::string& name) {
    if (!name.empty()) json[QLatin1String(key)] = text(name);
  };
  put("z", hints.z);
  put("class", hints.classes);
  put("truncation", hints.truncation);
  put("styles", hints.styles);
  put("picture", hints.image);
  return json;
}

LatentHints hintsFromJson(const QJsonObject& json) {
  LatentHints hints;
  hints.z = json["z"].toString().toStdString();
  hints.classes = json["class"].toString().toStdString();
  hints.truncation = json["truncation"].toString().toStdString();
  hints.styles = json["styles"].toString().toStdString();
  hints.image = json["picture"].toString().toStdString();
  return hints;
}

}  // namespace unitscope
