// Layout and the ways out of the neurons workspace.
#include <cmath>

#include <QAction>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>

#include "app/app_settings.h"
#include "app/data_box.h"
#include "app/document.h"
#include "app/messages.h"
#include "app/neurons/layer_gallery.h"
#include "app/neurons/neurons_panel.h"
#include "app/neurons/neurons_workspace.h"
#include "app/neurons/unit_page.h"
#include "widgets/control_column.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"

namespace unitscope {

void NeuronsWorkspace::makeLayout() {
  panel_ = new NeuronsPanel(document());
  stack_ = new QStackedWidget;
  empty_ = new EmptyState;
  empty_->setIcon(QStringLiteral("unit"));
  empty_->setHeadline(tr("What does each unit see?"));
  stack_->addWidget(empty_);
  halves_ = new QSplitter(Qt::Horizontal);
  halves_->setChildrenCollapsible(false);
  galleries_ = new QSplitter(Qt::Horizontal);
  galleries_->setChildrenCollapsible(false);
  gallery_ = new LayerGallery(context(), *portraits_, *knowledge_, QStringLiteral("first"));
  second_ = new LayerGallery(context(), *portraits_, *knowledge_, QStringLiteral("second"));
  galleries_->addWidget(gallery_);
  galleries_->addWidget(second_);
  second_->hide();
  page_ = new UnitPage(context(), *portraits_, *knowledge_, *switches_);
  page_->hide();
  halves_->addWidget(galleries_);
  halves_->addWidget(page_);
  halves_->setStretchFactor(0, 1);
  halves_->setStretchFactor(1, 1);
  halves_->setSizes({500, 500});
  stack_->addWidget(halves_);
  layBeside(this, panel_, stack_, {220, 800});
}

void NeuronsWorkspace::askForFile(const QString& title, const QString& name, const QString& filter,
                                  const std::function<bool(const QString&)>& save) {
  QSettings& store = settings().store();
  auto* dialog = new QFileDialog(this, title, store.value("folders/export", QDir::homePath()).toString(), filter);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setDefaultSuffix(QFileInfo(name).suffix());
  dialog->selectFile(name);
  connect(dialog, &QFileDialog::fileSelected, this, [this, &store, save](const QString& file) {
    store.setValue("folders/export", QFileInfo(file).absolutePath());
    if (save(file)) messages().success(QFileInfo(file).fileName(), tr("saved"));
  });
  dialog->open();
}

void NeuronsWorkspace::makeActions() {
  auto* sheet = new QAction(themedIcon(QStringLiteral("images")), tr("&Contact sheet\u2026"), this);
  sheet->setToolTip(tr("The tiles of the layer as one picture, as they are now"));
  connect(sheet, &QAction::triggered, this, [this] {
    askForFile(tr("Save the contact sheet"), QStringLiteral("units.png"), tr("Picture (*.png)"),
               [this](const QString& file) { return saveSheet(file); });
  });
  auto* table = new QAction(themedIcon(QStringLiteral("table")), tr("Units as &table\u2026"), this);
  table->setToolTip(tr("What is known of each unit, as CSV or JSON"));
  connect(table, &QAction::triggered, this, [this] {
    askForFile(tr("Save what is known of the units"), QStringLiteral("units.csv"), tr("Table (*.csv);;JSON (*.json)"),
               [this](const QString& file) { return saveTable(file); });
  });
  actions_ << sheet << table;
  for (QAction* action : std::as_const(actions_)) action->setEnabled(false);
  connect(panel_, &NeuronsPanel::folderWanted, this, [this] {
    askForPictureFolder(this, tr("Pictures"), settings().store(), [this](const QString& folder) {
      change(tr("Choose the pictures"), [&](NeuronsState& state) {
        state.data = folder;
        state.examplesFile.clear();
      });
    });
  });
  connect(panel_, &NeuronsPanel::fileWanted, this, [this] {
    QSettings& store = settings().store();
    auto* dialog = new QFileDialog(this, tr("Examples"), store.value("folders/examples", QDir::homePath()).toString(),
                                   tr("Examples (*.h5);;All files (*)"));
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, [this, &store](const QString& file) {
      store.setValue("folders/examples", QFileInfo(file).absolutePath());
      change(tr("Open examples"), [&](NeuronsState& state) { state.examplesFile = file; });
    });
    dialog->open();
  });
}

bool NeuronsWorkspace::saveSheet(const QString& file) {
  const int count = int(gallery_->order().size());
  const int columns = std::max(1, int(std::lround(std::sqrt(double(count) * 1.4))));
  const QImage image = gallery_->grid()->sheet(0, count - 1, columns);
  if (image.isNull()) {
    messages().error(file, tr("there are no tiles, or more than a picture can hold: choose smaller ones"));
    return false;
  }
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && image.save(&out, "PNG") && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

bool NeuronsWorkspace::saveTable(const QString& file) {
  const auto known = [](double value) { return std::isfinite(value) ? QJsonValue(value) : QJsonValue(); };
  QJsonArray units;
  for (const int unit : gallery_->order()) {
    const UnitFacts& facts = gallery_->facts()[std::size_t(unit)];
    units.append(QJsonObject{{"unit", unit},
                             {"activation", known(facts.activation)},
                             {"selectivity", known(facts.selectivity)},
                             {"class", facts.best},
                             {"concept", facts.conceptName},
                             {"iou", known(facts.iou)},
                             {"dead", facts.dead},
                             {"factor", state_.factor(gallery_->layer(), unit)}});
  }
  QByteArray text;
  if (file.endsWith(QLatin1String(".json"), Qt::CaseInsensitive)) {
    text =
        QJsonDocument(QJsonObject{{"model", document().opened().title}, {"layer", gallery_->layer()}, {"units", units}})
            .toJson();
  } else {
    const QStringList columns{"unit", "activation", "selectivity", "class", "concept", "iou", "dead", "factor"};
    QString csv = columns.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const QJsonValue& one : std::as_const(units)) {
      QStringList line;
      for (const QString& column : columns) {
        const QJsonValue value = one.toObject().value(column);
        QString cell = value.isBool() ? QString::number(int(value.toBool())) : value.toVariant().toString();
        if (value.isString()) {
          cell.replace(QLatin1Char('"'), QStringLiteral("\"\""));
          cell = QLatin1Char('"') + cell + QLatin1Char('"');
        }
        line << cell;
      }
      csv += line.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    text = csv.toUtf8();
  }
  QSaveFile out(file);
  if (out.open(QIODevice::WriteOnly) && out.write(text) >= 0 && out.commit()) return true;
  messages().error(file, tr("could not be written: %1").arg(out.errorString()));
  return false;
}

}  // namespace unitscope
